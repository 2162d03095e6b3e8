"""The table at the end of a report: every gradient, its form, its shape and its numbers."""

import pytest
from reporting import report, said
from support import text_of

from symgrad.document.blocks import Section, Table
from symgrad.styles import STYLES

NET = {"z": "W @ x", "h": "tanh(z)", "L": "sum((h - y)**2)"}
NUMBERS = {"W": [[0.5, -1.0], [1.0, 2.0]], "x": [1, 2], "y": [0, 1]}


def table(text, style="lab"):
    """The closing table as rows of plain text; None where there is none."""
    for block in report(text, style).blocks:
        if isinstance(block, Section) and block.anchor == "glance":
            (found,) = block.blocks
            assert isinstance(found, Table)
            return [[said(cell) for cell in row] for row in (found.header, *found.rows)]
    return None


@pytest.mark.parametrize("style", STYLES)
def test_every_gradient_has_a_row(style):
    header, *rows = table(text_of(NET, NUMBERS, data=["x", "y"]), style)
    assert header == ["Gradient", "Form", "Shape", "Value"]
    assert [row[2] for row in rows] == [r"\mathbb{R}^n", r"\mathbb{R}^n", r"\mathbb{R}^{n \times m}"]
    assert "-1.81" in rows[0][3]
    assert all(row[3] != "see above" for row in rows)


def test_without_numbers_there_is_no_column_for_them():
    header, *_ = table(text_of(NET, data=["x", "y"], shapes={"W": ["m", "n"]}))
    assert header == ["Gradient", "Form", "Shape"]


def test_one_gradient_needs_no_table():
    assert table(text_of({"L": "w**2"}, {"w": 3})) is None


def test_what_is_too_large_for_a_cell_stands_above():
    numbers = {"W": [[1e-5] * 12] * 12, "x": [0.5] * 12, "y": [1e-9] * 12}
    _, *rows = table(text_of(NET, numbers, data=["x", "y"]))
    assert rows[-1][3] == "see above"
    assert r"\vdots" in rows[0][3]  # a long vector is short in print

"""Symbols on the left, numbers on the right: where both fit, and how they are read."""

import io

import pytest
from msgspec.structs import replace
from pypdf import PdfReader
from reporting import solved

from symgrad.document.blocks import Chain, Display, Link, Reasoned
from symgrad.document.breaking import display_parts
from symgrad.document.columns import GUTTER, column_parts, placed
from symgrad.maths.layout import flat
from symgrad.maths.measure import width
from symgrad.maths.nodes import Gap, Matrix, Operator, Row, Symbol
from symgrad.styles import document
from symgrad.styles.manner import Manner
from symgrad.styles.sheets import sheet
from symgrad.writing.engines import typst_pdf
from symgrad.writing.markdown import to_markdown
from symgrad.writing.page import INDENT, LINE_WIDTH
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

ROOM = LINE_WIDTH - INDENT
PROBLEMS = ("lab6", "practical1", "softmax_square_loss")


def total(count):
    return Row(tuple(item for _ in range(count) for item in (Operator("+"), Symbol("x")))[1:])


def halved(left, right):
    """A chain of sums of so many terms."""
    links = [*(Link("=", total(n)) for n in left), *(Link("=", total(n), right=True) for n in right)]
    return Chain(Symbol("y"), tuple(links))


def lines_of(*chains):
    return [line for part in column_parts(Display(chains), ROOM) for line in part]


def displays(blocks):
    for block in blocks:
        if isinstance(block, Display):
            yield block
        elif hasattr(block, "blocks"):
            yield from displays(block.blocks)


def test_what_fits_stands_on_one_line():
    (line,) = lines_of(halved([3], [5, 1]))
    assert width(line.formula()) + GUTTER <= line.across
    assert line.right.sign == Operator("=")
    assert len(flat(line.right.body)) > 9, "both links"


def test_the_right_column_begins_beside_the_last_line_of_the_left():
    first, second, third = lines_of(halved([14, 4], [7, 7]))
    assert (first.right, first.keep) == (None, True)
    assert second.right.sign == Operator("=")
    assert third.body == Row(())
    assert third.right.sign == Operator("=")


def test_the_right_column_begins_at_one_place_for_all_chains_of_a_display():
    lines = lines_of(halved([1], [3]), halved([5], [6]), halved([4], [2]))
    assert len({line.across for line in lines}) == 1


@pytest.mark.parametrize("left", [[2], [17]])
def test_without_room_for_both_there_is_one_column(left):
    tall = Chain(Symbol("y"), (*halved(left, []).links, Link("=", Symbol("abcdefgh" * 7), right=True)))
    assert column_parts(Display((tall,)), ROOM) == display_parts(Display((tall,)), ROOM)


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_column_is_wider_than_its_room(name):
    shown = displays(document(solved(name), Manner("columns")).blocks)
    chains = [chain for display in shown for chain in placed(display, ROOM)]
    halves = [line for chain in chains if chain.halves for line in chain.lines]
    assert len(halves) > 8
    for line in halves:
        assert width(line.body) <= line.room
        assert line.right is None or width(line.right.body) <= line.right.room <= ROOM - line.across


def test_numbers_stand_beside_the_symbols_of_every_quantity_and_gradient():
    text = to_tex(document(solved("lab6"), Manner("columns")))
    shown = [line for line in text.splitlines() if r"\halfline" in line]
    assert sum(line.startswith(r"\frac{\partial J}") or r"\vec" in line for line in shown) > 9
    assert "Examples" not in text


def test_in_markdown_a_chain_stays_in_one_column():
    text = to_markdown(document(solved("lab6"), Manner("columns")))
    assert r"\vec{u} &= W_1 \vec{x} + \vec{b}_1 = \begin{bmatrix}" in text


def test_a_gap_sheet_has_a_box_for_the_form_and_boxes_for_the_numbers():
    made = sheet(solved("lab6"), "gaps", Manner("columns"))
    chains = [chain for display in displays(made.blocks) for chain in display.chains]
    (chain,) = (chain for chain in chains if chain.of == "dJ/dW2")
    rule, form, numbers = (link.maths for link in chain.links)
    assert isinstance(form, Gap)
    assert isinstance(numbers, Matrix)
    assert not isinstance(rule, Gap)


def steps(blocks):
    for block in blocks:
        if isinstance(block, Reasoned):
            yield block
        elif hasattr(block, "blocks"):
            yield from steps(block.blocks)


def test_reasons_are_numbered_and_said_once():
    found = list(steps(sheet(solved("lab6"), "key", Manner("columns")).blocks))
    reasons = [reason for step in found for reason in step.reasons]
    said = [reason for reason in reasons if not reason.again]
    assert [reason.number for reason in said] == list(range(1, len(said) + 1))
    assert len({reason.text for reason in said}) == len(said)
    assert [reason.number for reason in reasons if reason.again], "W_1 and s_1 repeat those of W_2 and s_2"
    assert all(
        len(step.reasons) == 1 or "; then" not in reason.text for step in found for reason in step.reasons
    )


def test_in_full_detail_reasons_are_said_again():
    found = steps(sheet(solved("lab6"), "key", Manner("columns", detail="full")).blocks)
    reasons = [reason for step in found for reason in step.reasons]
    assert not any(reason.again for reason in reasons)
    assert len({reason.number for reason in reasons}) < len(reasons)


def test_a_gap_sheet_calls_no_reason_that_it_does_not_say():
    problem = solved("lab6")
    asked = replace(problem.problem.report, gaps=("dJ/dW2",))
    made = sheet(replace(problem, problem=replace(problem.problem, report=asked)), "gaps", Manner("columns"))
    reasons = [reason for step in steps(made.blocks) for reason in step.reasons]
    assert reasons
    assert {reason.number for reason in reasons} == {r.number for r in reasons if not r.again}


def test_the_closing_table_begins_where_there_is_room_and_goes_on_under_its_header():
    pdf = typst_pdf(to_typst(sheet(solved("lab6"), "key", Manner("columns"))))
    *_, before, last = (" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "Gradient with respect" in before
    assert "Gradients at a glance Gradient Form Shape Value" in before
    assert last.startswith("Gradient Form Shape Value")


def test_a_sentence_stays_with_its_formula():
    told = list(reasons_and_below(document(solved("lab6"), Manner("lab")).blocks))
    assert {found.introduces for found, _ in told} == {True, False}
    assert all(found.introduces == isinstance(below, Display) for found, below in told)


def reasons_and_below(blocks):
    """What gives reasons, with the block below it."""
    for above, below in zip(blocks, (*blocks[1:], None), strict=False):
        if getattr(above, "reasons", ()):
            yield above, below
        yield from reasons_and_below(getattr(above, "blocks", ()))

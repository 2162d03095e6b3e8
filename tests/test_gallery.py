"""The example files: right by autograd, which reads the same formulas, and printable in every notation."""

import numpy as np
import pytest
from reference import autograd_gradients
from reporting import REPORTS, name_of, solved
from ruamel.yaml import YAML
from support import assert_close

from symgrad.notation.notations import NOTATIONS
from symgrad.styles import document
from symgrad.styles.manner import Manner
from symgrad.writing import engines
from symgrad.writing.typst import to_typst

GALLERY = sorted((REPORTS / "gallery").glob("*.yaml"))
UNREADABLE = {"functions", "repeat"}
"""Sections whose formulas the reference does not know."""
files = pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)


@files
def test_gradients_agree_with_autograd(file):
    text = YAML(typ="safe").load(file)
    if UNREADABLE & text.keys() or isinstance(text["backward"]["of"], list):
        pytest.skip("tested where these sections are")
    leaves = {name: np.asarray(value, dtype=float) for name, value in text["given"].items()}
    sizes = {
        dim: float(length)
        for name, shape in text.get("shapes", {}).items()
        for dim, length in zip(shape, leaves[name].shape, strict=True)
    }
    lines, wrt = text["forward"], text["backward"]["wrt"]
    assert list(lines)[-1] == text["backward"]["of"]
    if seed := text["backward"].get("seed"):
        lines = {**lines, "objective": f"sum({seed} * {text['backward']['of']})"}
    expected = autograd_gradients(lines, {**sizes, **leaves}, wrt)
    found = solved(name_of(file)).run.gradients
    for name in wrt:
        assert_close(found[name], expected[name], 10, f"{file.stem}: ∂/∂{name}")


@files
@pytest.mark.parametrize("notation", NOTATIONS)
def test_prints_in_every_notation(file, notation):
    solution = solved(name_of(file))
    made = document(solution, Manner(solution.problem.report.style, notation, solution.problem.report.digits))
    assert engines.typst_pdf(to_typst(made)).startswith(b"%PDF")


@files
def test_no_value_stands_at_a_kink(file):
    """A hand exercise is no place for the conventions at ties, nor for what rounding leaves of a zero."""
    run = solved(name_of(file)).run
    for array in (*run.quantities.values(), *run.gradients.values()):
        size = np.abs(array[np.abs(array) > 0]) if np.ndim(array) else np.abs([array])
        assert not np.any((size > 0) & (size < 1e-12))


def test_the_gallery_lists_its_files():
    told = (GALLERY[0].parent / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in GALLERY if f"`{file.name}`" not in told] == []

"""Work that nobody wrote for the checker, line by line; and what it calls wrong, put into NumPy.

What `outside/known.yaml` lists is known to fail and must: a gain is noticed. The list is printed by
`benchmarks/checking/outside.py --known`.
"""

import functools
from pathlib import Path

import numpy as np
import pytest
from labels import checked, load_labels, match
from msgspec import Struct
from msgspec.structs import asdict
from outside.by_hand import BY_HAND, SHAPES
from outside.worlds import World, drawn, read
from ruamel.yaml import YAML

OUTSIDE = Path(__file__).parent / "outside"
SHEETS = {sheet.name: sheet for sheet in load_labels(OUTSIDE)}
KNOWN = YAML(typ="safe").load((OUTSIDE / "known.yaml").read_text()) or {}
FAULT = "fault"
PRINTED = 2e-3
"""How far apart two right sides may be, where numbers are printed."""
MANY = 12
"""Worlds enough to stand on both sides of a kink."""
HAND = [pytest.param(*key, id=":".join(key)) for key in BY_HAND]


@functools.cache
def check_of(name):
    return checked(SHEETS[name])


@functools.cache
def judged(name):
    """The judged line of each place of a sheet, and the lines of no label."""
    check, _ = check_of(name)
    pairs, surplus = match(SHEETS[name], check.lines if check else ())
    return dict(zip(SHEETS[name].places, (line for _, line in pairs), strict=True)), surplus


def expected(sheet, place):
    """A case of the tests below, that must fail where it is known to."""
    reason = {str(key): value for key, value in KNOWN.get(sheet, {}).items()}.get(place)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(sheet, place, marks=marks, id=f"{sheet}:{place}")


LINES = [
    expected(name, place)
    for name, sheet in SHEETS.items()
    for place, label in sheet.places.items()
    if not label.optional
]


@pytest.mark.parametrize(("name", "place"), LINES)
def test_verdict_is_acceptable(name, place):
    label, line = SHEETS[name].places[place], judged(name)[0][place]
    assert line is not None, f"not among the lines: {label.snippet}"
    assert line.verdict in label.verdicts, f"{label.snippet}: {line.message}"


@pytest.mark.parametrize(("name", "place"), [expected(name, FAULT) for name in SHEETS])
def test_no_fault_inside_the_checker(name, place):
    check, fault = check_of(name)
    assert check is not None
    assert fault is None


def test_every_label_of_the_other_sheets_has_its_line():
    sheets = load_labels(OUTSIDE / "fresh")
    assert len({(sheet.family, sheet.file, sheet.text) for sheet in sheets}) == len(sheets) > 900
    assert all(sheet.lines for sheet in sheets)


def test_what_is_known_is_there():
    for name, reasons in KNOWN.items():
        assert {str(place) for place in reasons} <= {*SHEETS[name].places, FAULT}


# What is written by hand agrees with the labels; the checker is not asked.


def worlds(name):
    """The problem of a sheet at its own numbers and, where it lacks some, at several others."""
    problem, shapes = read(SHEETS[name].problem), SHAPES.get(name, {})
    seeds = range(MANY if shapes or "shapes" in problem else 1)
    return [drawn(problem, shapes, np.random.default_rng(seed)) for seed in seeds]


def equal(left, right, tolerance=PRINTED):
    """Whether two values are the same, as rows or as columns."""
    left, right = np.squeeze(left), np.squeeze(right)
    return left.shape == right.shape and np.allclose(left, right, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "place"), HAND)
def test_written_by_hand_agrees_with_the_label(name, place):
    label = SHEETS[name].places[place]
    sides = [side for side in BY_HAND[name, place] if side]
    holds = [all(equal(sides[0](world), side(world)) for side in sides[1:]) for world in worlds(name)]
    assert all(holds) if label.right else label.off and not all(holds)


def test_enough_is_written_by_hand():
    wrong = [key for key in BY_HAND if not SHEETS[key[0]].places[key[1]].right]
    assert len(BY_HAND) >= 50
    assert len(wrong) >= 25


# Witnesses, put in by other means.


def witness_of(line):
    """A line's witness as plain data, or None."""
    witness = getattr(line, "witness", None)
    return asdict(witness) if isinstance(witness, Struct) else witness


def is_one_of(stated, value):
    """Whether a stated value is this one, as it stands or transposed, or one of its entries."""
    stated, value = np.squeeze(np.asarray(stated, float)), np.squeeze(value)
    if stated.ndim == 0 and value.ndim:
        return any(equal(stated, entry, 1e-6) for entry in value.ravel())
    return equal(stated, value, 1e-6) or equal(stated.T, value, 1e-6)


@pytest.mark.parametrize(("name", "place"), HAND)
def test_witness_holds_by_hand(name, place):
    line = judged(name)[0][place]
    witness = witness_of(line)
    if line is None or line.verdict != "wrong" or witness is None or witness.get("functions"):
        pytest.skip("no witness that can be put in")
    problem = read(SHEETS[name].problem)
    leaves = problem.get("given", {}) | ({} if witness["at"] == "given" else witness["at"])
    world = World(problem, {**leaves, **(witness["sizes"] or {})})
    sides = [BY_HAND[name, place][side] for side in witness["sides"]]
    values = [side(world) for side in sides if side]
    if len(values) == len(sides):
        assert not equal(*values, tolerance=1e-9)
    if witness["left"] is not None:
        stated = [witness[end] for end, side in zip(("left", "right"), sides, strict=True) if side]
        assert all(map(is_one_of, stated, values))


@pytest.mark.parametrize("name", SHEETS)
def test_witness_shows_a_difference(name):
    lines, surplus = judged(name)
    wrong = [line for line in (*lines.values(), *surplus) if line is not None and line.verdict == "wrong"]
    found = [witness for witness in map(witness_of, wrong) if witness is not None]
    if not found:
        pytest.skip("nothing is called wrong with a witness")
    for witness in found:
        if witness["left"] is None:
            assert witness["reason"]
        else:
            assert not equal(np.asarray(witness["left"]), np.asarray(witness["right"]), tolerance=0)
        assert witness["sides"][0] < witness["sides"][1]
        if witness["at"] != "given" and SHEETS[name].problem is not None:
            _admissible(read(SHEETS[name].problem), witness)


def _admissible(problem, witness):
    """The numbers are for leaves, of the stated shapes, and the problem's own where it has some."""
    sizes = witness["sizes"] or {}
    for name, value in witness["at"].items():
        assert name not in problem["forward"]
        shape = problem.get("shapes", {}).get(name)
        if shape is not None:
            assert np.shape(value) == tuple(sizes.get(size, size) for size in shape)

import pytest
from round_trip import QUICK, TRIPS, is_right, judged

from symgrad.checking.check import check_text
from symgrad.notation.notations import NOTATIONS
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, Rendering, look_of
from symgrad.styles import STYLES

STATES = {"adam_descent", "deep_layers", "recurrence_every_step", "token_recurrence"}
"""Problems with states, or with formulas for every t, that the checker does not know all of: of their lines
none is wrong, and some are unchecked.
"""


SLICES = {"attention_heads", "convolution_channels", "filters_of_a_sequence"}
"""Problems with arrays of more than two axes: their numbers, [..]_{1,:,:}, are not read."""


def problems_with(trip):
    """The lines of a report that the checker does not find right, with what it says."""
    return [
        f"row {line.line.line}: {line.line.latex}: {line.verdict} ({line.message})"
        for line in judged(trip)
        if not is_right(line) and not (trip.path.stem in STATES | SLICES and line.verdict == "unchecked")
    ]


@pytest.mark.parametrize("trip", QUICK, ids=str)
def test_every_line_of_a_report_is_right_by_its_own_problem(trip):
    assert problems_with(trip) == []


DIRECT = """
forward: {z: W @ x, h: tanh(z), c: h * x, u: sigmoid(c) * h + x, L: 'dot(u, h) + lam * sum(W**2)'}
data: [lam]
shapes: {W: [n, n], x: [n]}
"""


@pytest.fixture(scope="module")
def direct():
    return solve(read_problem(DIRECT))


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("style", STYLES)
def test_direct_derivatives_are_read_as_such_in_every_notation_and_style(notation, style, direct):
    """x and h lead to c, u and L by their own formulas and by others: no symbol stands for both slopes."""
    text = Rendering(direct, look_of(direct.problem, Choices(style, notation))).md().decode()
    lines = check_text(text, direct.problem, "report.md").lines
    assert [line.line.latex for line in lines if not is_right(line)] == []
    assert sum(line.verdict == "correct" for line in lines) > 15


def test_one_way_a_problem_takes_every_notation_style_and_format():
    assert {trip.notation for trip in QUICK} == set(NOTATIONS)
    assert {trip.style for trip in QUICK} == set(STYLES)
    assert {trip.format for trip in QUICK} == {"md", "tex"}


@pytest.mark.nightly
def test_a_report_claims_what_can_be_judged():
    for trip in QUICK:
        lines = judged(trip)
        assert sum(line.claims for line in lines) > 0.7 * len(lines), trip


@pytest.mark.nightly
@pytest.mark.parametrize("trip", TRIPS, ids=str)
def test_every_line_in_every_notation_style_and_format_is_right(trip):
    assert problems_with(trip) == []

import pytest
from round_trip import QUICK, TRIPS, is_right, judged

from symgrad.notation.notations import NOTATIONS
from symgrad.styles import STYLES


def problems_with(trip):
    """The lines of a report that the checker does not find right, with what it says."""
    return [
        f"row {line.line.line}: {line.line.latex}: {line.verdict} ({line.message})"
        for line in judged(trip)
        if not is_right(line)
    ]


@pytest.mark.parametrize("trip", QUICK, ids=str)
def test_every_line_of_a_report_is_right_by_its_own_problem(trip):
    assert problems_with(trip) == []


def test_one_way_a_problem_takes_every_notation_style_and_format():
    assert {trip.notation for trip in QUICK} == set(NOTATIONS)
    assert {trip.style for trip in QUICK} == set(STYLES)
    assert {trip.format for trip in QUICK} == {"md", "tex"}


def test_a_report_claims_what_can_be_judged():
    for trip in QUICK:
        lines = judged(trip)
        assert sum(line.claims for line in lines) > 0.7 * len(lines), trip


@pytest.mark.nightly
@pytest.mark.parametrize("trip", TRIPS, ids=str)
def test_every_line_in_every_notation_style_and_format_is_right(trip):
    assert problems_with(trip) == []

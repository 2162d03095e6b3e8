"""Every mistake of the catalogue: its examples are wrong and named, their right sides are right."""

import pytest

from symgrad.checking.check import check_text
from symgrad.checking.explaining.catalogue import by_id, catalogue
from symgrad.checking.verdict import Verdict
from symgrad.reading.problem import read_problem

EXAMPLES = [(mistake, example) for mistake in catalogue() for example in mistake.examples]
NAMES = [f"{mistake.id}-{n}" for n, (mistake, _) in enumerate(EXAMPLES)]


def judged(example, side):
    (line,) = check_text(f"$${example.left} = {side}$$", read_problem(example.problem)).lines
    return line


def test_every_file_holds_one_mistake():
    assert len(by_id()) == len(catalogue())


@pytest.mark.parametrize(("mistake", "example"), EXAMPLES, ids=NAMES)
def test_the_wrong_side_is_named(mistake, example):
    line = judged(example, example.wrong)
    assert line.verdict is Verdict.WRONG
    assert line.witness is not None
    assert line.mistake == (mistake.id if mistake.named else None)
    assert line.hint == mistake.hint


@pytest.mark.parametrize(("mistake", "example"), EXAMPLES, ids=NAMES)
def test_the_right_side_is_right(mistake, example):
    assert judged(example, example.right).verdict in (Verdict.CORRECT, Verdict.ROUNDED)

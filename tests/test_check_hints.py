"""How much is said of what is wrong: what is above a level stands in no format."""

import json

import pytest

import symgrad as sg

SQUARE = {"forward": {"e": "w * x - t", "L": "e**2"}, "data": ["x", "t"], "given": {"w": 3, "x": 2, "t": 1}}
WORK = r"""
$\partial L/\partial e = e$

$\partial L/\partial w = \partial L/\partial e \, x = 10$

$\partial L/\partial t = 2 e$
"""


@pytest.fixture(scope="module")
def everything():
    return sg.check(WORK, SQUARE)


def texts(work, folder):
    return {
        ending: work.write(folder / f"work.{ending}").read_text(encoding="utf-8")
        for ending in ("json", "txt", "html", "tex", "md")
    }


def test_without_a_level_all_is_said(everything):
    first, _, last = everything
    assert first.mistake == "factor_two_or_half"
    assert all(line.hint and line.right and line.witness for line in (first, last))


@pytest.mark.parametrize("level", ["where", "rule", "answer"])
def test_a_level_changes_no_verdict(everything, level):
    hinted = sg.check(WORK, SQUARE, hints=level)
    assert [line.verdict for line in hinted] == [line.verdict for line in everything]


def test_where_says_only_where(everything, tmp_path):
    work = sg.check(WORK, SQUARE, hints="where")
    for line in (work.lines[0], work.lines[2]):
        assert (line.mistake, line.hint, line.right, line.witness) == (None, None, None, None)
        assert line.message == "this does not follow: look at this step again"
    for text in texts(work, tmp_path).values():
        assert "look at this step again" in text
        assert not any(line.hint in text or line.mistake in text for line in everything if line.hint)


def test_a_rule_is_no_answer(everything, tmp_path):
    work = sg.check(WORK, SQUARE, hints="rule")
    for line, full in zip(work, everything, strict=True):
        assert (line.mistake, line.hint) == (full.mistake, full.hint)
        assert line.right is line.witness is None
        assert full.message.startswith(line.message)
    for name, text in texts(work, tmp_path).items():
        said = ("Right:", " right: ", "left side is", "random numbers", "given numbers")
        assert not any(answer in text for answer in said), name


def test_a_page_shows_one_step_after_the_other():
    for level, titles in (("where", 0), ("rule", 1), ("answer", 2)):
        page = sg.check(WORK, SQUARE, hints=level)._rendered("html", "typst").decode()
        wrong = 2
        assert page.count("<summary>A hint</summary>") == (wrong if titles else 0)
        assert page.count("<summary>The answer</summary>") == (wrong if titles == 2 else 0)


def test_the_numbers_of_what_is_not_confirmed_are_no_hint():
    problem = {"forward": {"z": "w * x + b", "L": "(z - t)**2"}, "data": ["x", "t"]}
    work = "\n\n".join(rf"$\partial L/\partial {name} = \sigma(z) x$" for name in "wb")
    line, *_ = sg.check(work, problem)
    assert "as it is read here" in line.message
    line, *_ = sg.check(work, problem, hints="rule")
    assert "not confirmed" in line.message
    assert "as it is read" not in line.message


def test_the_command_hears_it(tmp_path):
    with pytest.raises(sg.InputError, match="unknown level of hints 'all'"):
        sg.check(WORK, SQUARE, hints="all")
    data = json.loads(sg.check(WORK, SQUARE, hints="rule").write(tmp_path / "a.json").read_text("utf-8"))
    assert [line["right"] for line in data["lines"]] == [None] * 3

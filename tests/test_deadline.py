"""A bound on the time of anything, and of a submission as a whole: what is left then is unchecked."""

import json
import sys
import threading
from importlib import import_module
from time import process_time

import pytest
from test_checking_hostile import PROBLEM, displays

from symgrad.checking import check as checking
from symgrad.checking.check import check_text
from symgrad.checking.judging import messages
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.verdict import Verdict
from symgrad.deadline import OutOfTime, spend, within
from symgrad.errors import InputError
from symgrad.submission import read
from symgrad.writing.check_json import check_to_json
from symgrad.writing.terminal import terminal

LINES = ("u = W_1 x + b_1", "h = W_1 x", "v = W_2 h + b_2", "J = L + s")


def forever(*_):
    while True:
        try:
            sum(range(1000))
        except Exception:  # takes any fault for an answer
            continue


def past_another():
    with within(100):
        pass
    forever()


def verdicts(check):
    return [line.verdict for line in check.lines]


def test_what_never_asks_is_interrupted():
    with pytest.raises(OutOfTime), within(0.01):
        forever()


def test_one_within_another_ends_with_the_sooner():
    with pytest.raises(OutOfTime), within(0.01), within(100):
        forever()
    with pytest.raises(OutOfTime), within(0.05):
        past_another()


def test_nothing_is_interrupted_later():
    with within(0.01):
        pass
    sum(range(1_000_000))


def imports(name):
    import_module(name)
    forever()


def test_an_import_is_not_interrupted(tmp_path, monkeypatch):
    lines = (
        "from time import process_time as now",
        "end = now() + 0.3",
        "while now() < end: pass",
        "done = True",
    )
    (tmp_path / "long_to_import.py").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OutOfTime), within(0.01):
        imports("long_to_import")
    assert sys.modules.pop("long_to_import").done


class SlowToPutAway:
    def __init__(self, done):
        self.done = done

    def __del__(self):
        end = process_time() + 0.1
        while process_time() < end:
            pass
        self.done.append(True)


def puts_away(done):
    SlowToPutAway(done)
    forever()


def test_a_finalizer_is_not_interrupted():
    done = []
    with pytest.raises(OutOfTime), within(0.01):
        puts_away(done)
    assert done == [True]


def test_in_a_thread_it_is_asked_for():
    found = []

    def work():
        try:
            with within(0.0):
                while True:
                    spend()
        except OutOfTime:
            found.append("ended")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert found == ["ended"]


def test_when_the_time_is_used_up_the_rest_is_unchecked(monkeypatch):
    judge = checking.judge

    def slow(line, memory, bench):
        if line.id == 2:
            monkeypatch.setattr(Effort, "left", -1.0)
        return judge(line, memory, bench)

    monkeypatch.setattr(checking, "judge", slow)
    check = check_text(displays(*LINES), PROBLEM)
    assert verdicts(check) == [Verdict.CORRECT, Verdict.WRONG, Verdict.UNCHECKED, Verdict.UNCHECKED]
    assert {line.message for line in check.lines[2:]} == {messages.NO_TIME}
    assert check.first_wrong == 2


def test_a_line_that_hangs_leaves_the_others_alone(monkeypatch):
    judge = checking.judge
    monkeypatch.setattr(
        checking, "judge", lambda line, *rest: forever() if line.id == 2 else judge(line, *rest)
    )
    monkeypatch.setattr(checking, "LONG", 0.05)
    check = check_text(displays(*LINES), PROBLEM)
    assert verdicts(check)[1] == Verdict.UNCHECKED
    assert check.lines[1].message == messages.NOT_JUDGED


def test_letters_whose_meaning_takes_too_long(monkeypatch):
    monkeypatch.setattr(checking, "bench_of", forever)
    monkeypatch.setattr(Effort, "left", 0.01)
    assert set(verdicts(check_text(displays(*LINES), PROBLEM))) == {Verdict.UNCHECKED}


def test_a_problem_of_its_own_that_takes_too_long(monkeypatch):
    monkeypatch.setattr(checking, "PROBLEM_SECONDS", 0.01)
    monkeypatch.setattr(checking, "with_words", forever)
    with pytest.raises(InputError, match="in time"):
        check_text(displays(*LINES))


def test_reading_stops_and_says_where(monkeypatch):
    add = read.Sheaf.add

    def slow(sheaf, piece):
        if len(sheaf.drafts) == 2:
            forever()
        add(sheaf, piece)

    monkeypatch.setattr(read.Sheaf, "add", slow)
    monkeypatch.setattr(read, "FINDING_SECONDS", 0.05)
    check = check_text(displays(*LINES), PROBLEM)
    assert verdicts(check) == [Verdict.CORRECT, Verdict.WRONG]
    assert check.notes == (messages.stopped(3),)


def test_lines_that_are_found_and_not_read_are_unchecked(monkeypatch):
    line_of = read.Sheaf._line

    def slow(sheaf, number, draft, starts):
        return forever() if number == 3 and draft.fault is None else line_of(sheaf, number, draft, starts)

    monkeypatch.setattr(read.Sheaf, "_line", slow)
    monkeypatch.setattr(read, "READING_SECONDS", 0.05)
    check = check_text(displays(*LINES), PROBLEM)
    assert verdicts(check) == [Verdict.CORRECT, Verdict.WRONG, Verdict.UNCHECKED, Verdict.UNCHECKED]
    assert [line.line.latex for line in check.lines] == list(LINES)
    assert check.lines[3].message == messages.NO_TIME


DEEP = {
    "definitions on definitions": displays(
        *(rf"A_{{{n}}} = A_{{{n - 1}}} A_{{{n - 1}}} + x" for n in range(1, 400))
    ),
    "braces never closed": r"\sout{" * 40_000,
    "braces in braces": displays(*["J = " + "{" * 500 + "L" + "}" * 500] * 300),
    "dollars": "$" * 80_000,
    "dollars and letters": "$a " * 80_000,
    "commands in commands": "".join(
        rf"\newcommand{{\m{chr(n)}}}{{\m{chr(n + 1)} \m{chr(n + 1)}}}" for n in range(97, 120)
    )
    + displays(*[r"u = \ma"] * 500),
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("name", ["work.md", "work.tex"])
def test_a_hostile_text_has_an_answer(text, name):
    check = check_text(text, PROBLEM, name)
    assert not check.faults
    assert not set(verdicts(check)) & {Verdict.CORRECT, Verdict.CARRIED}


def notebook(*sources, outputs=()):
    cells = [{"cell_type": "markdown", "source": source} for source in sources]
    return json.dumps({"cells": [*cells, {"cell_type": "code", "source": [], "outputs": list(outputs)}]})


def test_a_notebook_counts_its_markdown_cells_only():
    text = notebook("$$u = W_1 x + b_1$$", outputs=["A" * 10_000_000])
    assert verdicts(check_text(text, PROBLEM, "work.ipynb")) == [Verdict.CORRECT]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"cells": [' + "[]," * 1_000_000 + "[]]}", "7" * 100])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(InputError):
        check_text(text, PROBLEM, "work.ipynb")


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2066", "\ud800", "\ufeff"])
def test_what_cannot_be_seen_is_not_passed_on(sign):
    text = notebook(f"# A{sign}b\n\n$$u{sign} = W_1 x + b_1$$\n\n$$\\text{{a{sign}b}} = 3 = x{sign}$$")
    check = check_text(text, PROBLEM, "work.ipynb")
    assert sign not in terminal(check).plain
    assert sign not in check_to_json(check)
    assert check_to_json(check).encode()

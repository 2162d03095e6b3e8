"""Givens that are formulas of numbers: stated as they are written, and worked out beside that."""

import pytest
from reporting import formulas, report

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem
from symgrad.solving import solve
from symgrad.styles.manner import Manner
from symgrad.styles.sheets import sheet
from symgrad.writing.markdown import to_markdown

TEXT = """\
forward: {v: "W @ x + b", p: softmax(v), L: "-sum(y * log(p))"}
data: [x, y]
given: {x: [1/2, 3], W: [["sqrt(2)", 0], [1, -1]], b: [0, "0.76 + log(4)"], y: [0, 1]}
"""


@pytest.mark.parametrize("style", ["lab", "exercise"])
def test_a_formula_stands_before_its_number(style):
    given = [line for line in formulas(report(TEXT, style)) if r"\log(4)" in line]
    assert given
    assert r"0.76 + \log(4)" in given[0]
    assert "2.146" in given[0]
    (matrix,) = {
        line for line in formulas(report(TEXT, style)) if r"\sqrt{2}" in line and line.startswith("W =")
    }
    assert "1.414" in matrix
    assert not any(r"\log(4)" in line for line in formulas(report(TEXT, style)) if line.startswith("L"))


def test_questions_state_it_too():
    made = sheet(solve(read_problem(TEXT)), "questions", Manner("lab"))
    assert any(r"0.76 + \log(4)" in line for line in formulas(made))


def test_the_checker_reads_what_the_key_says():
    problem = read_problem(TEXT)
    key = to_markdown(sheet(solve(problem), "key", Manner("lab")))
    lines = [line for line in check_text(key, problem).lines if "log(4)" in line.line.latex]
    assert [line.verdict.value for line in lines] == ["correct"]


def test_numbers_alone_are_stated_once():
    assert read_problem("forward: {L: w}\ngiven: {w: 0.5}").exact == {}

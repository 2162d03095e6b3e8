import re
import shutil

import numpy as np
import pytest
from msgspec.structs import replace
from reporting import formulas, lab, report, sentences, solved, titles
from support import text_of

from symgrad.maths.latex import latex
from symgrad.maths.nodes import Symbol
from symgrad.notation.binding import Written
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.notations.prod import prod
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES, document
from symgrad.styles.manner import Manner
from symgrad.writing import engines
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")

RECURRENT = text_of(
    {
        "h1": "tanh(U @ x1 + V @ h0)",
        "h2": "tanh(U @ x2 + V @ h1)",
        "h3": "tanh(U @ x3 + V @ h2)",
        "L": "sum((h3 - y)**2) + sum(h1 * h2)",
    },
    backward={"of": "L", "wrt": ["U", "V"]},
)
BATCH = text_of(
    {"S": "X @ W + b", "P": "softmax(S, axis=1)", "L": "-sum(Y * log(P)) / 2"},
    {"X": [[1, 2], [3, -1]], "W": [[0.1, 0.2], [0.3, -0.4]], "b": [0, 0.5], "Y": [[1, 0], [0, 1]]},
    backward={"of": "L", "wrt": ["W", "b"]},
    update={"rate": 0.5, "parameters": ["W", "b"], "steps": 4},
)
PENALTY = text_of({"J": "sum((A @ x)**2) + norm(A)**2", "T": "2 * J"}, {"x": [1, 2], "A": [[1, 0], [2, 3]]})
TEXTS = {"recurrent": RECURRENT, "batch": BATCH, "penalty": PENALTY}
LABS = ("lab6", "softmax_square_loss", "csc311_a1_q2", "practical1")


@pytest.fixture(scope="module", params=[*LABS, *TEXTS])
def solution(request):
    return solve(read_problem(TEXTS[request.param])) if request.param in TEXTS else solved(request.param)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("style", STYLES)
def test_any_problem_in_any_notation_and_any_style(solution, style, notation):
    made = document(solution, Manner(style, notation))
    assert engines.typst_pdf(to_typst(made)).startswith(b"%PDF")
    assert to_tex(made).rstrip().endswith(r"\end{document}")


def complaints(document, monkeypatch):
    logs = []
    run = engines._run_tex
    monkeypatch.setattr(engines, "_run_tex", lambda *given: logs.append(run(*given)) or logs[-1])
    assert engines.pdflatex_pdf(to_tex(document)).startswith(b"%PDF")
    return re.findall(r"^.*(?:Overfull|Underfull|Warning).*$", logs[-1], re.MULTILINE)


@pytest.mark.tex
@needs_tex
@pytest.mark.parametrize("name", LABS)
def test_pdflatex_sets_every_lab(name, monkeypatch):
    assert complaints(lab(name), monkeypatch) == []


def deep(layers):
    rng = np.random.default_rng(5)
    forward, given = {}, {"x": rng.normal(size=4).round(2), "y": rng.normal(size=4).round(2)}
    for n in range(1, layers + 1):
        forward |= {f"s{n}": f"W{n} @ {f'h{n - 1}' if n > 1 else 'x'} + b{n}", f"h{n}": f"tanh(s{n})"}
        given |= {f"W{n}": rng.normal(size=(4, 4)).round(2), f"b{n}": rng.normal(size=4).round(2)}
    return text_of({**forward, "L": f"sum((h{layers} - y)**2)"}, given, data=["x", "y"])


def wide():
    rng = np.random.default_rng(6)
    given = {"X": rng.normal(size=(200, 200)).round(2), "W": rng.normal(size=(200, 200)).round(2)}
    return text_of({"H": "relu(X @ W)", "L": "sum(H**2)"}, given, backward={"of": "L", "wrt": ["W"]})


@pytest.mark.tex
@needs_tex
@pytest.mark.parametrize(
    ("text", "style"), [(deep(12), "practical"), (deep(12), "lab"), (wide(), "exercise")]
)
def test_nothing_leaves_the_page(text, style, monkeypatch):
    assert complaints(report(text, style), monkeypatch) == []


@pytest.mark.parametrize("style", STYLES)
def test_a_symbolic_problem_has_symbolic_sections_only(style):
    found = titles(report(RECURRENT, style))
    assert not [t for t in found if re.search(r"Example|Step|Iteration \d|One pass|objective, step", t)]


@pytest.mark.parametrize("style", STYLES)
def test_values_that_are_not_finite_are_warned_of(style):
    text = text_of({"u": "log(x)", "L": "sum(u)"}, {"x": [0, 1, -1]})
    (told,) = [text for text in sentences(report(text, style)) if text.startswith("Warning: ")]
    assert "u is not finite: entry [0] is -inf" in told
    assert "L is not finite" in told


def test_detail_grows_from_brief_to_full():
    made = solved("lab6")
    lengths = []
    for detail in ("brief", "normal", "full"):
        asked = replace(made.problem.report, detail=detail)
        lengths.append(
            len(formulas(document(replace(made, problem=replace(made.problem, report=asked)), Manner("lab"))))
        )
    assert lengths == sorted(set(lengths))


def test_too_many_ways_are_followed_for_one_step_only():
    found = formulas(report(RECURRENT, "practical"))
    whole = [text for text in found if text.startswith(r"\frac{\partial L}{\partial V} =")]
    assert whole
    assert max(text.count(r"\frac") for text in whole) <= 12


def test_a_longer_chain_is_one_prod():
    a, b, c = (Written(Symbol(letter)) for letter in "abc")
    assert latex(prod(prod(a, b), c).maths) == latex(prod(a, b).maths).replace("b", "b, c")

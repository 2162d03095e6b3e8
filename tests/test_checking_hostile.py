"""No submission ends a check, takes it long, or runs anything: every line of it has a verdict."""

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import text_of

from symgrad.checking import check as checking
from symgrad.checking.check import STRICT, check_text
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.meaning.scope import TooLong
from symgrad.checking.verdict import Verdict
from symgrad.errors import InputError
from symgrad.reading.problem import read_problem

SECONDS = 2
MEGABYTES = 500
TEXT = text_of(
    {
        "u": "W1 @ x + b1",
        "h": "relu(u)",
        "v": "W2 @ h + b2",
        "o": "softmax(v)",
        "L": "-sum(y * log(o))",
        "s": "(norm(W1)**2 + norm(W2)**2) / 2",
        "J": "L + s",
    },
    {
        "x": [6, 3],
        "W1": [[0.3, 0.5], [0.2, 0.7], [0.1, 0.4]],
        "b1": [0.1, 0.2, 0.3],
        "W2": [[0.3, 0.5, 0.1], [0.2, 0.7, 0.8]],
        "b2": [0.3, 0.5],
        "y": [0, 1],
        "eta": 0.1,
    },
    backward={"of": "J", "wrt": ["W2", "b2", "W1", "b1"]},
    update={"rate": "eta", "parameters": ["W1", "b1", "W2", "b2"]},
)
PROBLEM = read_problem(TEXT)


def displays(*lines):
    """Lines, each in a display of its own."""
    return "\n\n".join(f"$${line}$$" for line in lines)


def matrix(rows, columns):
    """A matrix of numbers with one decimal."""
    cells = (" & ".join(str((7 * i + 3 * j) % 10 / 10) for j in range(columns)) for i in range(rows))
    return r"\begin{bmatrix}" + r" \\ ".join(cells) + r"\end{bmatrix}"


def nested(opening, inner, closing, depth):
    """Something inside so many brackets."""
    return opening * depth + inner + closing * depth


def word(n):
    """A name of two letters."""
    return f"{chr(97 + n // 26)}{chr(97 + n % 26)}"


LINES = {
    "towers": ("J = 9^{9^{9^9}}", "o = v^{9^{9^{9^9}}}", "J = " + nested("L^{", "2", "}", 30)),
    "long numbers": ("J = " + "9" * 4000, "J = 0." + "1" * 4000, "J = " + "9" * 400 + ".5", "J = 10^{400}"),
    "exponents": ("h = u^{999}", "h = u^{-999}", r"h = (-u)^{0.5}", "J = 0^{-1}", "W_1^{-1} = W_1^3"),
    "brackets": ("J = " + nested("(", "L", ")", 60), nested("{", "x", "}", 5000) + " = 1"),
    "sums": ("J = " + " + ".join(["L"] * 300), "J = " + "-" * 60 + "L", "J = " + "x + " * 250_000 + "1"),
    "products": (r"u = " + "x x^T " * 30, "J = " + "W_1 x " * 20, "J = " + r"\bar{x} \bar{h} \bar{u} " * 6),
    "not numbers": (
        r"J = \log(-0.5)",
        r"J = \frac{0.0}{0}",
        r"J = \frac{1}{0}",
        r"J = \infty",
        r"J = \log 0",
    ),
    "letters": (r"o_{ijk} = W_{1,ij} W_{2,kl} h_m h_n o_p u_q x_r", r"\delta_{ijklmn} = \delta_{ij}"),
    "entries": ("(W_1 x)_{99} = 1", "x_{0} = x_{-1}", "x_{i+999999999999} = 1", "((W_1)_i)_j = W_{1,ij}"),
    "positions": ("x_{" + "9" * 5000 + "} = 1", "W_1^{(" + "9" * 5000 + ")} = W_1", r"\log_{²} x = 1"),
    "definitions of themselves": ("G = G + 1", "H = G", "G = H", "A = 1 + B", "B = A + 1", "R_{ij} = R_{ji}"),
    "definitions": tuple(f"a_{{{n}}} = a_{{{n - 1}}} a_{{{n - 1}}} + x" for n in range(60)),
    "words defined": tuple(
        rf"\text{{v{word(n + 1)}}} = \text{{v{word(n)}}} + \text{{v{word(n)}}}" for n in range(120)
    ),
    "steps": ("W_1^{(999999)} = W_1", "W_1^{(500)} = W_1 + 1", "W_1'''''' = W_1", "W_1^{(2)'(3)'} = W_1"),
    "long sums": (
        r"J = \sum_{i=1}^{1000000000} x_i",
        r"J = \sum_{i=9}^{1} x_i",
        r"J = \sum_i \sum_j \sum_k \sum_l \sum_m W_{1,ij} W_{2,kl} h_m",
        r"J = \prod_{i=-1000000000}^{1000000000} x_i",
    ),
    "matrices": (matrix(60, 60) + "^3 = 1", matrix(60, 60) + "^{-1} = 1", "W_1 = " + matrix(250, 400)),
    "long vectors": (
        matrix(4000, 1) + matrix(1, 4000) + " = 1",
        matrix(4000, 1) + r"\otimes " + matrix(4000, 1) + " = 1",
        rf"J = \text{{diag}}({matrix(4000, 1)})",
    ),
    "odd shapes": (
        r"u = \begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}",
        r"u = \begin{bmatrix} & \\ & \end{bmatrix}",
        r"u = \begin{bmatrix} W_1 & x \\ 1 & h \end{bmatrix}",
        r"h = \begin{cases} x & u > 0 \\ W_1 & W_2 < 1 \\ 0 \end{cases}",
    ),
    "derivatives": (
        rf"\frac{{\partial {matrix(60, 60)} x_1}}{{\partial x}} = 1",
        r"\frac{\partial (W_1 W_1^T)(W_1 W_1^T)}{\partial W_1} = 1",
        r"\frac{\partial (W_1 x + b_1)(W_1 x + b_1)(W_1 x + b_1)}{\partial W_1} = 1",
        r"\nabla_{W_1} \nabla_{W_1} \nabla_{W_1} J = 1",
        r"\frac{\partial J}{\partial 1} = \frac{\partial 1}{\partial x}",
    ),
    "arguments": (
        r"J = \text{prod}()",
        r"J = \max(x, W_1)",
        r"J = \text{softmax}(W_1, 7)",
        r"J = \text{dot}(x)",
        r"J = \text{outer}(x)",
        r"J = \text{diag}(1)",
        r"J = \text{inv}(W_1 W_1^T)",
        r"J = \log_{W_1} x",
    ),
    "chains": ("J" + " = J" * 300, "J = 1 = 2 = 0.5 = 0.25", "J" + " = 0.5 + 0.25" * 100),
    "commands": (r"x = \input{/etc/passwd}", r"x = __import__('os').system('ls')", r"x = \write18{ls}"),
    "look-alikes": ("х = 6", "Ј = Ԛ", "x\u202e = 3", "ⅹ = ²", "x = ٣", "x³⁹⁹⁹⁹ = 1", "½ = 0.5"),
}


def timed(text, problem=PROBLEM):
    """A check, and the seconds of the processor that it took."""
    start = time.process_time()
    return check_text(text, problem), time.process_time() - start


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    check_text("", PROBLEM)


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES)
def test_hostile_lines_have_verdicts(lines):
    check, seconds = timed(displays(*lines))
    assert check.lines
    assert seconds < SECONDS * len(lines)


@pytest.mark.parametrize(
    "text",
    [
        "$" * 5000,
        r"\begin{align}" * 500,
        r"$$\frac{",
        "$$J = " + "7" * 1_000_000 + "$$",
        "".join(map(chr, range(1, 2000))) * 5,
        "__import__('os').system('ls') = 1",
    ],
    ids=["dollars", "environments", "unclosed", "a megabyte", "characters", "code"],
)
def test_hostile_texts_are_read(text):
    assert timed(text)[1] < SECONDS


def test_a_hostile_line_leaves_the_others_alone():
    text = displays("u = W_1 x + b_1", "J = " + "\\odot ".join(["x x^T"] * 40), "v = W_2 h + b_2")
    assert [judged.verdict for judged in check_text(text, PROBLEM).lines][::2] == [Verdict.CORRECT] * 2


@pytest.mark.parametrize("fault", [TooLong(), RecursionError(), MemoryError()])
def test_a_line_that_asks_too_much_is_unchecked(fault, monkeypatch):
    def judge(line, memory, bench):
        raise fault

    monkeypatch.setattr(checking, "judge", judge)
    assert [judged.verdict for judged in check_text("$$J = L + s$$", PROBLEM).lines] == [Verdict.UNCHECKED]


def test_a_fault_of_the_checker_ends_tests_only(monkeypatch):
    def judge(line, memory, bench):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(checking, "judge", judge)
    with pytest.raises(ZeroDivisionError, match="a fault"):
        check_text("$$J = L + s$$", PROBLEM)
    monkeypatch.delenv(STRICT)
    assert [judged.verdict for judged in check_text("$$J = L + s$$", PROBLEM).lines] == [Verdict.UNCHECKED]


def test_effort_ends_with_the_line_and_with_the_sheet():
    effort = Effort(line=2, sheet=3)
    effort.renew()
    effort.spend(2)
    with pytest.raises(TooLong):
        effort.spend()
    effort.renew()
    assert effort.left > 0
    with pytest.raises(TooLong):
        effort.spend()
    assert effort.left < 0


def test_effort_is_shared_over_the_whole_sheet():
    whole = Effort(sheet=10)
    part = whole.shared(4, 10)
    part.renew()
    part.spend(4)
    assert part.half
    assert whole.meter.nodes == 4


PROGRAM = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "symgrad", "check", *sys.argv[1:]], capture_output=True)
sys.stdout.buffer.write(done.stdout)
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(done.returncode, most, "Traceback" in done.stderr.decode(), file=sys.stderr)
"""


def test_the_command_on_hostile_work(tmp_path):
    problem, work = tmp_path / "problem.yaml", tmp_path / "work.md"
    problem.write_text(TEXT, encoding="utf-8")
    chosen = ("towers", "brackets", "sums", "matrices", "long vectors", "commands", "look-alikes")
    text = displays(*(line for name in chosen for line in LINES[name]))
    work.write_text(text, encoding="utf-8")
    arguments = [str(work), "--problem", str(problem), "--to", "json"]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True)
    status, most, crashed = done.stderr.split()
    assert (status, crashed) == ("1", "False")
    assert int(most) < MEGABYTES
    assert sum(json.loads(done.stdout)["counts"].values()) >= len(chosen)


NUMBERS = ("0", "1", "-2", "0.5", "1e999", "10^{99}", "0.000001", "99999999999", r"\infty", r"\pi")
NAMES = (
    *(
        "x",
        "W_1",
        "b_1",
        "u",
        "h",
        "W_2",
        "v",
        "o",
        "y",
        "L",
        "J",
        "s",
        r"\eta",
        "N",
        "i",
        "e",
        "T",
        "G",
        "Q",
    ),
    *("x_i", "W_{1,ij}", "h_{0}", "o_{99}", "W_1^{(7)}", "u'", r"\bar{W}_1", r"\delta_2", r"\delta_{ij}"),
    *(r"\frac{\partial J}{\partial v}", r"\frac{\partial o_i}{\partial v_j}", r"\mathbb{1}", "a_{12}", "v^*"),
)
UNARY = (
    *("-{}", "({})^T", "({})^2", "({})^{{-1}}", "({})^{{0.5}}", "({})^{{999}}", "({})_i", "({})_{{12}}"),
    *(r"\sqrt{{{}}}", r"\log({})", "e^{{{}}}", r"\|{}\|^2", "|{}|", r"\sum_i {}", r"\sum_{{i=1}}^{{N}} {}"),
    *(r"\text{{softmax}}({})", r"\text{{ReLU}}'({})", r"\max(0, {})", r"\text{{diag}}({})", "f({})"),
    *(r"\prod_{{j=1}}^{{1000000000}} {}", r"\frac{{\partial {}}}{{\partial x}}", r"\nabla_{{W_1}} {}"),
)
BINARY = (
    *("{} + {}", "{} - {}", "{} {}", r"{} \odot {}", r"{} \cdot {}", r"{} \otimes {}", r"\frac{{{}}}{{{}}}"),
    *("({})^{{{}}}", r"\max({}, {})", r"\text{{prod}}({}, {})", r"\frac{{\partial {}}}{{\partial {}}}"),
    *(r"\begin{{bmatrix}} {} & {} \end{{bmatrix}}", r"\begin{{bmatrix}} {} \\ {} \end{{bmatrix}}"),
    *(r"\begin{{cases}} {} & u > 0 \\ {} & u \leq 0 \end{{cases}}", r"\mathbb{{1}}[{} > {}]"),
)


def _larger(parts):
    unary = st.builds(str.format, st.sampled_from(UNARY), parts)
    return unary | st.builds(str.format, st.sampled_from(BINARY), parts, parts)


EXPRESSIONS = st.recursive(st.sampled_from(NUMBERS + NAMES), _larger, max_leaves=8)
EQUATIONS = st.lists(EXPRESSIONS, min_size=2, max_size=3).map(" = ".join)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(EQUATIONS, min_size=1, max_size=3))
def test_whatever_is_written_every_line_has_a_verdict(equations):
    check, seconds = timed(displays(*equations))
    assert sum(check.counts.values()) == len(check.lines)
    assert seconds < SECONDS * len(equations)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(EQUATIONS, min_size=2, max_size=4))
def test_work_that_is_its_own_problem_is_checked_or_refused(equations):
    refused = None
    try:
        check = check_text(displays(*equations))
    except InputError as error:
        refused = error
    assert refused.message if refused else sum(check.counts.values()) == len(check.lines)

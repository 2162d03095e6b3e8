"""What derivations take for granted: symmetric covariances, points that are looked at, names of two words."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

NORMAL = "forward: {L: '-log(det(C)) / 2 - dot(v, inv(C) @ v) / 2'}\nbackward: {of: L, wrt: [v, C]}\n"
GIVEN = NORMAL + "given: {v: [1, -0.5], C: [[2, 0.4], [0.4, 1]]}"
SKEWED = NORMAL + "given: {v: [1, -0.5], C: [[2, 0.4], [0.3, 1]]}"
ANY = NORMAL + "shapes: {v: [n], C: [n, n]}"
FORM = "forward: {J: 'dot(w, A @ w)'}\ndata: [A]\nshapes: {w: [n], A: [n, n]}"
SLOPE = r"$\frac{\partial L}{\partial v} = -C^{-1} v$"
WHOLE = r"$\frac{\partial L}{\partial C} = \frac12 (C^{-1} v v^\top C^{-1} - C^{-1})$"
TWICE = r"$\nabla_w J = 2 A w$"


@pytest.mark.parametrize(
    ("problem", "text", "verdict"),
    [
        (GIVEN, SLOPE, "correct"),
        (GIVEN, WHOLE, "correct"),
        (GIVEN, SLOPE.replace("-C", "C"), "wrong"),
        (SKEWED, SLOPE, "wrong"),
        (ANY, SLOPE, "unchecked"),
        (ANY, SLOPE.replace("-C", "C"), "wrong"),
        (ANY, "The covariance C is known.\n\n" + SLOPE, "correct"),
        (FORM, TWICE, "wrong"),
        (FORM, "Let A be symmetric.\n\n" + TWICE, "correct"),
        (FORM, "A need not be symmetric.\n\n" + TWICE, "wrong"),
        (FORM, "If A is symmetric, half of it is lost.\n\n" + TWICE, "wrong"),
    ],
)
def test_a_covariance_is_symmetric_where_its_numbers_or_words_say_so(problem, text, verdict):
    *_, line = check_text(text, read_problem(problem)).lines
    assert line.verdict.value == verdict


DISTANCE = "forward: {m: a * x + b, J: (m - t)**2}\ndata: [x, t]\nshapes: {a: [], b: [], x: [], t: []}"
GROUPS = """
forward: {J: "sum(z * sum((reshape(p, (4, 1, 2)) - c)**2, axis=2))"}
data: [p, z]
given:
  p: [[1, 1], [1.5, 2], [3, 4], [5, 7]]
  c: [[1, 1], [5, 7]]
  z: [[1, 0], [1, 0], [0, 1], [0, 1]]
"""
DUAL = """
forward: {J: "sum(w**2) / 2 - sum(alpha * (P @ w))"}
data: [P]
backward: {of: J, wrt: [w, alpha]}
shapes: {w: [d], P: [n, d], alpha: [n]}
write: {alpha: '\\alpha'}
"""
COUPLED = 'forward: {u: R @ s, H: "dot(s, u) / 2"}\ndata: [s]\nshapes: {R: [n, n], s: [n]}'
NAMED = """
forward: {B: "-sum(w**2) * k"}
data: [k]
shapes: {w: [d], k: []}
write: {B: '\\text{Neg-Pen}'}
"""


@pytest.mark.parametrize(
    ("problem", "text", "verdicts"),
    [
        (DISTANCE, "At $m = t$: $J = 0$.", ["unchecked", "unchecked"]),
        (DISTANCE, "We arrive at $m = t$.", ["wrong"]),
        (GROUPS, "$z_{ik} = 1$ if point $i$ is in group $k$.", ["unchecked"]),
        (GROUPS, r"$J = \sum_{i=1}^N \sum_{k=1}^K z_{ik} \|p^i - c_k\|^2$", ["correct"]),
        (GROUPS, r"$J = \sum_{i=1}^N \sum_{k=1}^K z_{ik} \|p^i - c_k\|$", ["wrong"]),
        (GROUPS, r"$c_k = \frac{\sum_i z_{ik} p_i}{\sum_i z_{ik}}$", ["unchecked"]),
        (GROUPS, r"$c_k = \sum_i z_{ik} p_i$", ["wrong"]),
        (DUAL, r"$w = \sum_i \alpha_i P_i$", ["unchecked"]),
        (DUAL, r"$w = -\sum_i \alpha_i P_i$", ["wrong"]),
        (COUPLED, "$R_{ij} = R_{ji}$", ["unchecked"]),
        (COUPLED, "$R^T = R$", ["unchecked"]),
        (COUPLED, "$R_{ij} = 2 R_{ji}$", ["wrong"]),
        (COUPLED, "$u_1 = u_2$", ["wrong"]),
        (NAMED, r"$\text{Neg-Pen} = -k \|w\|^2$", ["correct"]),
        (NAMED, r"$\frac{\partial \text{Neg-Pen}}{\partial w} = -k w$", ["wrong"]),
    ],
)
def test_conditions_and_solutions_claim_nothing_of_all_numbers(problem, text, verdicts):
    found = check_text(text, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts


LOGS = """
functions: {h(t): null}
forward: {e: "dot(v, r)", q: k + e * y - h(e)}
backward: {of: q, wrt: [v], hessians: [v]}
data: [r, y, k]
shapes: {v: [n], r: [n], y: [], k: []}
write: {k: '\\log c'}
"""
DENSITY = """
forward: {q: -log(2 * pi) / 2 - log(s) - (a - m)**2 / (2 * s**2)}
data: [a]
shapes: {a: [], m: [], s: []}
"""
COUNTS = """
forward: {q: "sum(y * (b1 + b2 * r) - exp(b1 + b2 * r))"}
backward: {of: q, wrt: [b1, b2], hessians: [b1, b2, [b1, b2]]}
data: [r, y]
shapes: {b1: [], b2: [], r: [n], y: [n]}
write: {b1: 'b_1', b2: 'b_2'}
"""
SLOPES = r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}"


@pytest.mark.parametrize(
    ("problem", "text", "verdict"),
    [
        (LOGS, r"$q = \log c + v^\top r y - h(v^\top r)$", "correct"),
        (LOGS, r"$q = -\log c + v^\top r y - h(v^\top r)$", "wrong"),
        (LOGS, r"$q = \log g + v^\top r y - h(v^\top r)$", "unchecked"),
        (LOGS, r"$\frac{\partial^2 q}{\partial v_i \partial v_j} = -h''(e) r_i r_j$", "correct"),
        (LOGS, r"$\frac{\partial^2 q}{\partial v_i \partial v_j} = -h'(e) r_i r_j$", "wrong"),
        (LOGS, r"$\sigma''(u) = \sigma(u) (1 - \sigma(u)) (1 - 2 \sigma(u))$", "correct"),
        (LOGS, r"$\sigma''(u) = \sigma(u) (1 - \sigma(u))$", "wrong"),
        (DENSITY, r"$q = \log \pi = -\frac12 \log 2\pi - \log s - \frac{(a - m)^2}{2 s^2}$", "correct"),
        (DENSITY, r"$q = \log \pi = -\frac12 \log 2\pi - \log s - \frac{(a - m)^2}{s^2}$", "wrong"),
        (COUNTS, SLOPES + r"$\pd{^2 q}{b_1 \partial b_2} = -\sum_i \exp(b_1 + b_2 r_i) r_i$", "correct"),
        (COUNTS, SLOPES + r"$\pd{^2 q}{b_2^2} = -\sum_i \exp(b_1 + b_2 r_i) r_i^2$", "correct"),
        (COUNTS, SLOPES + r"$\pd{^2 q}{b_2^2} = -\sum_i \exp(b_1 + b_2 r_i) r_i$", "wrong"),
    ],
)
def test_names_that_are_functions_and_derivatives_of_higher_order(problem, text, verdict):
    *_, line = check_text(text, read_problem(problem)).lines
    assert line.verdict.value == verdict


STEPS = """
repeat: {t: [1, 3]}
forward: {"s[0]": s0, "s[t]": "r[t-1] * p + s[t-1] * q", L: "(s[3] - y)**2 / 2"}
backward: {of: L, wrt: [p, q]}
data: [r, y, s0]
given: {r: [1, 2, 3], p: 0.5, q: 0.8, s0: 0.3, y: 2}
"""
STEP = "$s_t = r_t p + q s_{t-1}$\n\n"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\frac{\partial L}{\partial p} = (s_3 - y) \sum_{i=0}^{2} q^i r_{3-i}$", "correct"),
        (r"$\frac{\partial L}{\partial q} = (s_3 - y) \sum_{i=1}^{3} q^{i-1} s_{3-i}$", "correct"),
        (r"$\frac{\partial L}{\partial p} = (s_3 - y) \sum_{i=0}^{2} q^{i+1} r_{3-i}$", "wrong"),
        (r"$\frac{\partial L}{\partial p} = (s_3 - y) \sum_{i=0}^{1} q^i r_{3-i}$", "wrong"),
    ],
)
def test_a_sum_that_counts_down_is_written_out_and_says_nothing_of_where_entries_begin(text, verdict):
    first, last = check_text(STEP + text, read_problem(STEPS)).lines
    assert (first.verdict.value, last.verdict.value) == ("correct", verdict)


def test_a_time_that_is_spoken_of_is_no_name_for_a_number():
    text = (
        "For $t = 1$ this is the first state.\n\n" + r"$\frac{\partial L}{\partial s_t} = q^{3-t} (s_3 - y)$"
    )
    first, last = check_text(text, read_problem(STEPS)).lines
    assert (first.verdict.value, last.verdict.value) == ("unchecked", "correct")


LAYERED = """
forward: {z2: A @ x + c, z3: B @ tanh(z2) + d, L: "sum((z3 - y)**2) / 2"}
data: [x, y]
shapes: {x: [n], A: [m, n], c: [m], B: [k, m], d: [k], y: [k]}
write: {z2: 'z^{(2)}', z3: 'z^{(3)}', c: 'b^{(1)}', d: 'b^{(2)}', A: 'W^{(1)}', B: 'W^{(2)}'}
"""
ERROR = r"$\delta_j^{(3)} = \frac{\partial L}{\partial z_j^{(3)}} = z_j^{(3)} - y_j$" + "\n\n"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\frac{\partial L}{\partial b_i^{(2)}} = \delta_i^{(3)}$", "correct"),
        (r"$\frac{\partial L}{\partial b_i^{(2)}} = 2 \delta_i^{(3)}$", "wrong"),
        (r"$\frac{\partial L}{\partial b_i^{(1)}} = \delta_i^{(3)}$", "wrong"),
    ],
)
def test_the_error_of_a_layer_is_known_by_any_letter(text, verdict):
    *_, line = check_text(ERROR + text, read_problem(LAYERED)).lines
    assert line.verdict.value == verdict


CENTRED = "forward: {m: mean(r), q: r - m, v: mean(q**2)}\ngiven: {r: [2, 5, -1, 6]}"
LAYER = "forward: {s: A @ x + c, H: sum((s - t)**2) / 2}\ndata: [x, t]\nshapes: {A: [k, d], x: [d], t: [k]}"


@pytest.mark.parametrize(
    ("problem", "text", "verdicts"),
    [
        (CENTRED, r"$m = \bar{r} = 3$ and $q_i = r_i - \bar{r}$", ["correct", "correct"]),
        (CENTRED, r"$v = \overline{q^2} = \overline{r^2} - \bar{r}^2$", ["correct"]),
        (CENTRED, r"$v = \overline{r^2} - \bar{r}$", ["wrong"]),
        (CENTRED, r"$q_i = r_i - \bar{r}$ and $\bar{r} = 4$", ["correct", "wrong"]),
        (LAYER, r"${\rm d}H/{\rm d}c = s - t$", ["correct"]),
        (LAYER, r"$\frac{{\rm d}H}{{\rm d}c} = t - s$", ["wrong"]),
    ],
)
def test_bars_over_squares_and_type_that_is_switched(problem, text, verdicts):
    found = check_text(text, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts


PAIR = """
forward: {Da: "sigmoid(dot(w, x))", Db: "sigmoid(dot(w, g))", L: -log(Da) - log(1 - Db)}
backward: {of: L, wrt: [w, g]}
data: [x]
shapes: {w: [n], x: [n], g: [n]}
write: {Da: 'D(x)', Db: 'D(G(z))', g: 'G(z)'}
"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$L = -\log D(x) - \log(1 - D(G(z)))$", "correct"),
        (r"$\frac{\partial D(G(z))}{\partial w} = D(G(z)) (1 - D(G(z))) G(z)$", "correct"),
        (r"$\frac{\partial D(G(z))}{\partial w} = D(G(z)) (1 - D(x)) G(z)$", "wrong"),
        (r"$\frac{\partial L}{\partial G(z)} = D(G(z)) w$", "correct"),
    ],
)
def test_names_written_as_calls_of_one_another(text, verdict):
    *_, line = check_text(text, read_problem(PAIR)).lines
    assert line.verdict.value == verdict


SPREAD = r"""
forward: {q: -log(u) / 2 - (r - m)**2 / (2 * u)}
data: [r]
backward: {of: q, wrt: [m, u]}
given: {r: 1.8, m: 0.5, u: 0.8}
write: {u: '\tau^2', m: '\mu'}
"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$q = -\log \tau - \frac{(r - \mu)^2}{2 \tau^2}$", "correct"),
        (r"$\frac{\partial q}{\partial \tau} = -\frac{1}{\tau} + \frac{(r - \mu)^2}{\tau^3}$", "correct"),
        (
            r"$\frac{\partial q}{\partial \tau^2} = -\frac{1}{2 \tau^2} + \frac{(r - \mu)^2}{2 \tau^4}$",
            "correct",
        ),
        (
            r"$\frac{\partial q}{\partial \tau} = -\frac{1}{2 \tau^2} + \frac{(r - \mu)^2}{2 \tau^4}$",
            "wrong",
        ),
    ],
)
def test_a_number_written_as_a_square_has_a_root(text, verdict):
    (line,) = check_text(text, read_problem(SPREAD)).lines
    assert line.verdict.value == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\frac{\partial L}{\partial s_n} = s_n - y$", "correct"),
        (r"$\frac{\partial L}{\partial s_n} = s_n$", "wrong"),
        (r"$s_n = r_n p + q s_{n-1}$", "correct"),
    ],
)
def test_the_last_step_goes_by_the_letter_of_its_number(text, verdict):
    *_, line = check_text("There are $n = 3$ steps.\n\n" + text, read_problem(STEPS)).lines
    assert line.verdict.value == verdict

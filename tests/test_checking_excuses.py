"""Readings and words that excuse no wrong line, inequalities that claim something, conditions rarely met."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

FORMS = """
forward: {q: 'dot(u, A @ u)', r: 'dot(v, B @ v)', f: q + r}
backward: {of: f, wrt: [u, v]}
shapes: {A: [n, n], B: [n, n], u: [n], v: [n]}
"""
SANDWICH = """
forward: {M: P @ Z @ Q, J: sum((M - T)**2) / 2}
data: [P, Q, T]
shapes: {P: [n, n], Z: [n, n], Q: [n, n], T: [n, n]}
"""
MASKED = """
forward: {h: tanh(V @ s), J: 'dot(c, k * h)'}
backward: {of: J, wrt: [s]}
data: [c, k]
shapes: {V: [n, n], s: [n], c: [n], k: [n]}
"""
SCALED = """
forward: {l: norm(u), f: 'dot(u, v) / l'}
data: [v]
shapes: {u: [n], v: [n]}
"""
UNIT = """
forward: {f: u / norm(u), J: 'dot(c, f)'}
data: [c]
shapes: {u: [3], c: [3]}
"""
CHANCES = """
forward: {p: softmax(z), s: logsumexp(z), J: 's - dot(y, z)'}
backward: {of: J, wrt: [z]}
data: [y]
given: {z: [0.4, -0.9, 1.3], y: [0, 1, 0]}
"""
LEAK = """
forward: {q: w * x + b, a: elu(q), J: a**2}
data: [x]
shapes: {w: [], x: [], b: []}
"""
HINGE = """
forward: {s: 'dot(w, x)', J: 'relu(1 - t * s) + c * dot(w, w)'}
data: [x, t, c]
shapes: {w: [n], x: [n], t: [], c: []}
"""
CUBES = """
repeat: {l: [1, 4]}
forward:
  c[0]: c0
  c[l]: w * c[l-1] - c[l-1]**3 / 3
  L: c[4]
backward: {of: L, wrt: [w, c0]}
given: {c0: 0.7, w: 1.1}
"""
EXPONENTIALS = """
forward: {y: X @ v, J: 'sum(exp(y)) + v[0]**2'}
backward: {of: J, wrt: [v]}
data: [X]
given: {X: [[0.4, -1.1], [1.3, 0.2], [-0.6, 0.8], [0.5, 1.2]], v: [0.7, -0.3]}
"""
SOLVED = """
forward: {u: 'inv(S) @ r', J: 'dot(k, u)'}
backward: {of: J, wrt: [S, r]}
data: [k]
shapes: {S: [n, n], r: [n], k: [n]}
"""
UNIT_OF_ONE = """
forward: {z: w * x + b, a: sigmoid(z), J: (a - y)**2}
data: [x, y]
backward: {of: J, wrt: [w, b]}
shapes: {w: [], x: [], b: [], y: []}
"""
OFF = r"\frac{\partial J}{\partial b} = 2a^2(1-a)"
ON = r"\frac{\partial J}{\partial b} = -2a(1-a)^2"
FIRST, SECOND = r"$\frac{\partial q}{\partial u} = 2Au$", r"$\frac{\partial r}{\partial v} = 2Bv$"


def verdicts(problem, text):
    return [str(line.verdict) for line in check_text(text, read_problem(problem)).lines]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The matrices $A$ and $B$ are symmetric.", ["correct", "correct"]),
        ("Both matrices are symmetric.", ["correct", "correct"]),
        (r"Here $A = A^\top$ is symmetric, and $B$ is arbitrary.", ["correct", "wrong"]),
        ("Let A be symmetric.", ["correct", "wrong"]),
        ("A and B are symmetric.", ["correct", "correct"]),
        ("Let the matrix B be symmetric.", ["wrong", "correct"]),
        (r"With symmetric $A \in \mathbb{R}^{n \times n}$,", ["correct", "wrong"]),
        (r"As $uu^\top$ is symmetric,", ["wrong", "wrong"]),
        ("The Hessian $H$ is symmetric.", ["wrong", "wrong"]),
        ("The loss is symmetric in $u$ and $v$.", ["wrong", "wrong"]),
        ("This holds only for symmetric $A$.", ["wrong", "wrong"]),
        ("We take a symmetric initialisation.", ["wrong", "wrong"]),
        ("Your gradient needs a symmetric $A$.", ["wrong", "wrong"]),
        ("That is valid for symmetric $A$.", ["wrong", "wrong"]),
        ("**Is $A$ symmetric?** It looks like it.", ["wrong", "wrong"]),
        ("The formula assumes that $A$ is symmetric.", ["wrong", "wrong"]),
        ("We assume that $A$ is symmetric.", ["correct", "wrong"]),
    ],
)
def test_words_call_symmetric_what_they_name(words, expected):
    assert verdicts(FORMS, f"{words}\n\n$${FIRST.strip('$')}$$\n\n$${SECOND.strip('$')}$$")[-2:] == expected


@pytest.mark.parametrize(
    ("problem", "lines", "expected"),
    [
        (  # ⊗ is what it is in the other lines
            SANDWICH,
            (
                r"\operatorname{vec}(M) = (Q^\top \otimes P)\operatorname{vec}(Z)",
                r"(Q^\top \otimes P)^\top = Q \otimes P^\top",
                r"(Q^\top \otimes P)^\top = P^\top \otimes Q",
                r"P \otimes Q = Q \otimes P",
            ),
            ["correct", "correct", "wrong", "wrong"],
        ),
        (  # a vector beside a matrix, entry by entry, is no reading where the product fits
            MASKED,
            (
                r"\nabla_s J = V^\top (c \odot k \odot (1 - h \odot h))",
                r"\nabla_s J = k \odot V^\top (c \odot (1 - h \odot h))",
                r"\nabla_s J = c \odot V^\top (k \odot (1 - h \odot h))",
            ),
            ["correct", "wrong", "wrong"],
        ),
        (SCALED, (r"\nabla_u f = \frac{v}{l}", r"\frac{df}{du} = \frac{v}{l}"), ["wrong", "wrong"]),
        (  # ∂ by itself where the work goes on so, and not beside the whole one
            SCALED,
            (
                r"\frac{\partial f}{\partial u} = \frac{v}{l}",
                r"\frac{\partial f}{\partial u} = \frac{v}{l} - \frac{f}{l^2} u",
            ),
            ["wrong", "correct"],
        ),
        (  # x stands as in the other lines
            UNIT,
            (
                r"\frac{\partial f}{\partial u} = \frac{I - f f^T}{\lVert u \rVert}",
                r"\frac{\partial f}{\partial u} = \frac{(u^T u) I - u u^T}{\lVert u \rVert^3}",
                r"\frac{\partial f}{\partial u} = \frac{I}{\|u\|} - \frac{u^T u}{\|u\|^3}",
            ),
            ["correct", "correct", "wrong"],
        ),
    ],
)
def test_a_reading_that_other_lines_rule_out_excuses_nothing(problem, lines, expected):
    text = "\n\n".join(f"$${line}$$" for line in lines)
    assert verdicts(problem, f"Here vec stacks columns.\n\n{text}") == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((r"\nabla_r J = S^{-1} k",), ["unchecked"]),
        ((r"\nabla_S J = -S^{-\top} k u^\top", r"\nabla_r J = S^{-1} k"), ["correct", "unchecked"]),
        (
            (r"\nabla_S J = -S^{-\top} k u^\top", r"\nabla_r J = S^{-\top} k", r"\nabla_r J = S^{-1} k"),
            ["correct", "correct", "wrong"],
        ),
        (
            (
                r"\nabla_S J = -S^{-\top} k u^\top",
                r"\nabla_r J = S^{-\top} k",
                r"\nabla_r J = S^{-1} k \text{ if } S \text{ is symmetric}",
            ),
            ["correct", "correct", "unchecked"],
        ),
        (
            (
                r"\nabla_S J = -S^{-\top} k u^\top",
                r"\nabla_r J = S^{-\top} k",
                r"\nabla_r J = S^{-\top} k = S^{-1} k",
            ),
            ["correct", "correct", "unchecked"],
        ),
    ],
)
def test_a_matrix_that_a_work_tells_from_its_transpose_is_not_taken_for_it(lines, expected):
    assert verdicts(SOLVED, "\n\n".join(f"$${line}$$" for line in lines)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$J \ge 0$", "correct"),
        (r"$$s \le \max_i z_i + \ln 3$$", "correct"),
        (r"$s \le \max_i z_i$", "wrong"),
        (r"Clearly $p_1 > 1$.", "wrong"),
        (r"$p_1 < p_2$", "wrong"),
        (r"$z_1 < z_2$, so that", "unchecked"),
        (r"It never happens that $p_1 > 1$.", "unchecked"),
        (r"If $p_1 < p_2$:", "unchecked"),
        (r"$z_1 > 0$", "unchecked"),
        (r"$$\frac{\partial J}{\partial z_2} = p_2 - 1 < 0$$", "correct"),
        (r"$$\frac{\partial J}{\partial z_1} = p_1 < 0$$", "wrong"),
    ],
)
def test_inequalities_are_claims_where_nothing_makes_them_conditions(text, expected):
    assert verdicts(CHANCES, text) == [expected]


@pytest.mark.parametrize(
    ("problem", "text", "expected"),
    [
        (LEAK, r"For $q < 0$: $$\frac{da}{dq} = a + 1$$", "correct"),
        (LEAK, r"For $q < 0$: $$\frac{da}{dq} = e^q - 1$$", "wrong"),
        (LEAK, r"For $q < 0$: $$\frac{dJ}{dq} = 2a$$", "wrong"),
        (LEAK, r"If $w = 0$: $$\frac{\partial J}{\partial x} = 0$$", "correct"),
        (LEAK, r"If $w = 0$: $$\frac{\partial a}{\partial b} = 0$$", "wrong"),
        (LEAK, r"If $x = 2$: $$\frac{\partial J}{\partial w} = 2\frac{\partial J}{\partial b}$$", "correct"),
        (LEAK, r"If $x = 2$: $$\frac{\partial J}{\partial w} = 3\frac{\partial J}{\partial b}$$", "wrong"),
        (HINGE, r"If $ts > 1$: $$\nabla_w J = 2cw$$", "correct"),
        (HINGE, r"If $ts > 1$: $$\nabla_w J = 0$$", "wrong"),
        (HINGE, r"If $ts > 1$: $$\nabla_w J = 2cw - tx$$", "wrong"),
    ],
)
def test_points_are_drawn_that_meet_a_condition(problem, text, expected):
    assert verdicts(problem, text)[-1] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            r"\frac{\partial J}{\partial v_2} = x_{12}e^{y_1} + x_{22}e^{y_2} + \cdots + x_{42}e^{y_4}",
            "correct",
        ),
        (r"\frac{\partial J}{\partial v_2} = x_{12}e^{y_1} + \cdots + x_{32}e^{y_3}", "wrong"),
        (r"\frac{\partial J}{\partial v_1} = x_{11}e^{y_1} + \cdots + x_{41}e^{y_4}", "wrong"),
        (r"\frac{\partial J}{\partial v_1} = x_{11}e^{y_1} + \cdots + x_{41}e^{y_4} + 2v_1", "correct"),
        (
            r"\frac{\partial J}{\partial v_2} = x_{12}e^{y_1} + x_{21}e^{y_2} + \cdots + x_{42}e^{y_4}",
            "unreadable",
        ),
        (
            r"\frac{\partial J}{\partial v_2} = x_{12}e^{y_1} + x_{32}e^{y_3} + \cdots + x_{42}e^{y_4}",
            "unreadable",
        ),
    ],
)
def test_dots_stand_for_the_terms_of_a_pattern_alone(line, expected):
    assert verdicts(EXPONENTIALS, f"$${line}$$") == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"\frac{\partial c_2}{\partial c_1} = r_1 = w - c_1^2", "correct"),  # no exponent is a layer here
        (r"\frac{\partial c_2}{\partial c_1} = w - c_1^3", "wrong"),
        (r"\frac{\partial L}{\partial c_0} = r_0 r_1 \cdots r_3", "correct"),
        (r"\frac{\partial L}{\partial c_0} = r_3 \cdot r_2 \cdots r_0", "correct"),
        (r"\frac{\partial L}{\partial c_0} = r_0 \cdot \ldots \cdot r_4", "wrong"),
        (r"\frac{\partial L}{\partial c_0} = r_1 r_2 \cdots r_3", "wrong"),
        (r"\frac{\partial L}{\partial c_0} = r_0 r_2 \cdots r_3", "unchecked"),
    ],
)
def test_dots_stand_for_the_factors_of_a_pattern_alone(line, expected):
    assert verdicts(CUBES, f"Let $r_l = w - c_l^2$.\n\n$${line}$$")[-1] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("If the margin is violated, ", "correct"),
        ("Suppose that the margin is violated. Then ", "correct"),
        ("If no margin is violated, ", "wrong"),
        ("We do not assume that the hinge is active. ", "wrong"),
        ("It does not matter if the hinge is active: ", "wrong"),
        ("When none of the constraints is active: ", "wrong"),
        ("If only the other hinge is active: ", "wrong"),
        ("Suppose the margin is violated: $$J = 1 - ts + c w^T w$$ Once it is satisfied, ", "wrong"),
        ("The hinge is active if $ts < 1$. In general: ", "wrong"),
        ("Active pair (the margin is violated). ", "correct"),
        ("One pair. The margin is violated here. ", "correct"),
        ("One pair. It is asked when\nthe margin is violated. ", "wrong"),
        ("One pair. This is to be compared with the case below (the margin is violated). ", "wrong"),
        ("The margin is violated. $$J = 1 - ts + c w^T w$$ In general: ", "wrong"),
        ("The margin is violated only for others. ", "wrong"),
        ("All other margins are violated. ", "wrong"),
        ("All the margins are violated. ", "correct"),
    ],
)
def test_words_about_kinks_are_heard_to_their_end(words, expected):
    assert verdicts(HINGE, rf"{words}$$\nabla_w J = 2cw - tx$$")[-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Let $k_i$ be the rows of $V$. $$r_i = k_i^\top s$$", "correct"),
        (r"Let $k_i$ be the columns of $V$. $$r_i = k_i^\top s$$", "wrong"),
        (r"Unlike $k_i$, the rows of $V$ are short. $$r_i = k_i^\top s$$", "unchecked"),
        (r"Rows of $V$ are the samples $k_i^T$, $n$ of them. $$r_i = k_i^\top s$$", "correct"),
        (r"Columns of $V$ are the samples $k_i$. $$r_i = k_i^\top s$$", "wrong"),
        (r"$$r_i = k_i^\top s \quad\text{where } k_i^\top \text{ are the rows of } V$$", "correct"),
        (r"Row $i$ of $V$ is $k_i^\top$. $$r_i = k_i^\top s$$", "correct"),
        (r"Column $i$ of $V$ is written $k_{i}$. $$r_i = k_i^\top s$$", "wrong"),
        (r"Row $i$ of $V$ is not $k_i$. $$r_i = k_i^\top s$$", "unchecked"),
        (r"Row $i$ of $V$ is $k_j$. $$r_i = k_i^\top s$$", "unchecked"),
        (r"Row $i$ of $V$ is $k_i / n$. $$r_i = k_i^\top s$$", "unchecked"),
        (r"$$r_i = V_{i,:}^\top s$$", "correct"),
        (r"$$r_i = V_{:,i}^\top s$$", "wrong"),  # no entry of the transpose
    ],
)
def test_a_column_that_lies_is_no_row(text, expected):
    problem = "forward: {r: V @ s, J: sum(r**2)}\ndata: [s]\nshapes: {V: [n, n], s: [n]}"
    assert verdicts(problem, text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rf"For $y = 0$: $${OFF}$$", "unchecked correct"),
        (rf"As $y = 0$ here, we have $${OFF}$$", "unchecked correct"),
        (rf"$${OFF}$$ where $y = 0$.", "correct unchecked"),
        (rf"${OFF}$ for $y = 0$ and ${ON}$ for $y = 1$", "correct unchecked correct unchecked"),
        (rf"${OFF}$ for $y = 1$ and ${ON}$ for $y = 0$", "wrong unchecked wrong unchecked"),
        (rf"For $y = 1$: $${OFF}$$", "unchecked wrong"),
        (rf"For $y = 0$ the loss is $J = a^2$. In general $${OFF}$$", "unchecked correct wrong"),
        ("For $y = 0$ the loss is $J = a^2$.\n\n" + rf"$${OFF}$$", "unchecked correct wrong"),
        (rf"Not only for $y = 0$: $${OFF}$$", "unchecked wrong"),
        (rf"Unless $y = 0$, $${OFF}$$", "unchecked wrong"),
        (rf"If not $y = 0$: $${OFF}$$", "unchecked wrong"),
    ],
)
def test_words_suppose_values_of_data(text, expected):
    assert verdicts(UNIT_OF_ONE, text) == expected.split()

"""Lab sheets as problems: the formulas read, their numbers by NumPy, and what is told where none is read."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from reporting import name_of, solved
from support import assert_close

from symgrad.api.problems import load
from symgrad.checking.check import check_text
from symgrad.checking.verdict import Verdict
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.maths.written import read_written
from symgrad.solving import solve
from symgrad.submission.numerals import decimal_commas, with_points
from symgrad.submission.read import read_submission
from symgrad.submission.sheet import Unstated, exercises_of, problem_of


def column(*numbers):
    rows = r" \\ ".join(map(str, numbers))
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def matrix(*rows):
    return column(*(" & ".join(map(str, row)) for row in rows))


def d(of, wrt):
    return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"


def problem(text, name="sheet.md"):
    return problem_of(read_submission(text, name))


def forward(found):
    return {name: parsed.text for name, parsed in found.forward}


LAYERS = rf"""
# Two layers

$$\vec{{u}} = W_1 \vec{{x}} + \vec{{b}}_1, \quad \vec{{h}} = \text{{ReLU}}(\vec{{u}})$$
$$\vec{{v}} = W_2 \vec{{h}}$$
$$\vec{{o}} = \text{{softmax}}(\vec{{v}}) = e^{{\vec{{v}}}} / \sum e^{{\vec{{v}}}}$$
$$L = -\sum \vec{{y}} \log_e(\vec{{o}}) \quad s = \frac{{1}}{{2}} \|W_1\|_F^2 \quad J = L + s$$
$${d("J", "W_2")} = {d("J", "v")} \vec{{h}}^T \quad {d("J", "W_1")} = {d("J", "u")} \vec{{x}}^T + W_1$$
$$\vec{{x}} = {column(2, -1)} \quad W_1 = {matrix((1, 0), (0.5, -1))} \quad \vec{{b}}_1 = {column(0.1, 0.2)}$$
$$W_2 = {matrix((1, -1), (0.5, 2))} \quad \vec{{y}} = {column(0, 1)}$$
"""


def test_a_network_with_a_penalty():
    found = problem(LAYERS)
    assert forward(found) == {
        "u": "W1 @ x + b1",
        "h": "relu(u)",
        "v": "W2 @ h",
        "o": "softmax(v)",
        "L": "-sum(y * log(o))",
        "s": "norm(W1)**2 / 2",
        "J": "L + s",
    }
    assert (found.of, found.wrt, found.title) == ("J", ("W2", "W1"), "Two layers")
    assert found.given["x"].tolist() == [2, -1]
    assert found.write["b1"] == r"\vec{b}_{1}"


def test_gradients_of_a_sheet_are_those_by_hand():
    """u = (2.1, 2.2) = h, v = (−0.1, 5.45): ∂J/∂v = o − y."""
    solved = solve(problem(LAYERS))
    x, y, h, v = (np.array(a, float) for a in ([2, -1], [0, 1], [2.1, 2.2], [-0.1, 5.45]))
    first, second = np.array([[1, 0], [0.5, -1]]), np.array([[1, -1], [0.5, 2]])
    error = np.exp(v) / np.exp(v).sum() - y
    assert_close(solved.run.gradients["W2"], np.outer(error, h), 12)
    assert_close(solved.run.gradients["W1"], np.outer(second.T @ error, x) + first, 12)


SHEETS = {
    "dots": (
        r"$L = (w_1 x_1 + w_2 x_2 + \dots + w_n x_n - t)^2$, and "
        r"$\frac{\partial L}{\partial w_i} = 2 x_i (w^T x - t)$",
        {"L": "(w @ x - t)**2"},
    ),
    "logistic": (
        r"$z = wx + b$, $\hat{y} = \sigma(z)$ with $\sigma(z) = \frac{1}{1+e^{-z}}$, and "
        r"$$L = -\Big[ y \ln \hat{y} + (1-y)\ln(1-\hat{y}) \Big].$$ $w = 0.2$, $b = 0.1$, $x = 2.0$, "
        r"$y = 1$. $z = 0.2 \cdot 2.0 + 0.1 = 0.5$. $\frac{\partial L}{\partial w} = (\hat{y} - y) x$",
        {"z": "w * x + b", "yhat": "sigmoid(z)", "L": "-(y * log(yhat) + (1 - y) * log(1 - yhat))"},
    ),
    "index form": (
        r"$z_i = \sum_j W_{ij} x_j + b_i$, $A_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$, "
        r"$E = -\sum_i T_i \log A_i$. $$\frac{\partial E}{\partial W_{ij}} = (A_i - T_i) x_j$$",
        {"z": "W @ x + b", "A": "softmax(z)", "E": "-sum(T * log(A))"},
    ),
    "rows": (
        r"$Z = X W + b$, $P = \mathrm{softmax}(Z)$, "
        r"$L = -\frac{1}{N}\sum_{n=1}^{N} \sum_k Y_{nk} \log P_{nk}$ "
        rf"$b = {matrix((0.1, 0.2, 0))}$, ${d('L', 'W')} = X^T {d('L', 'Z')}$",
        {"Z": "X @ W + b", "P": "softmax(Z, axis=1)", "L": "-mean(sum(Y * log(P), axis=1))"},
    ),
    "columns": (
        rf"$X = {matrix((1, 0), (0, 1))}, W = {matrix((1, 2), (3, 4))}, b = {column(1, 2)}$ "
        r"$Z = W X + b$, $A = \text{softmax}(Z)$, $L = -\sum_{i,j} Y \odot \log A$, "
        r"$\frac{\partial L}{\partial Z} = A - Y$",
        {"Z": "W @ X + b", "A": "softmax(Z, axis=0)", "L": "-sum(Y * log(A))"},
    ),
    "ridge": (
        r"$$J(w) = \frac{1}{2n}\|Xw - y\|_2^2 + \frac{\lambda}{2} w^\top w$$ "
        r"$$\nabla_w J = X^\top r + \lambda w$$",
        {"J": "norm(X @ w - y)**2 / (2 * n) + lambda / 2 * (w @ w)"},
    ),
    "recurrent": (
        r"$$h_1 = \tanh(U x_1 + W h_0 + b)$$ $$h_2 = \tanh(U x_2 + W h_1 + b)$$ "
        r"$$L = \tfrac12 \|h_2 - t\|^2$$ "
        rf"$$x_1 = {column(1, 2)}, x_2 = {column(0, 1)}, h_0 = {column(0, 0)}$$"
        r"$$\frac{\partial L}{\partial h_2} = h_2 - t, \quad \frac{\partial L}{\partial W} = ?$$",
        {"h1": "tanh(U @ x1 + W @ h0 + b)", "h2": "tanh(U @ x2 + W @ h1 + b)", "L": "norm(h2 - t)**2 / 2"},
    ),
    "layers by marks": (
        r"$z^{(1)} = W^{(1)} x + b^{(1)}$, $a^{(1)} = \max(0, z^{(1)})$, $\hat y = W^{(2)} a^{(1)}$, "
        r"$\mathcal{L} = \|\hat y - y\|^2$. $\frac{\partial \mathcal L}{\partial \hat y} = 2 (\hat y - y)$",
        {"z1": "W1 @ x + b1", "a1": "relu(z1)", "yhat": "W2 @ a1", "L": "norm(yhat - y)**2"},
    ),
    "normalised": (
        r"$\mu_j = \frac{1}{N}\sum_{i=1}^{N} X_{ij}$, "
        r"$\sigma_j^2 = \frac{1}{N}\sum_{i=1}^{N} (X_{ij} - \mu_j)^2$, "
        r"$\hat{X}_{ij} = (X_{ij} - \mu_j)/\sigma_j$, $Y_{ij} = \gamma_j \hat{X}_{ij} + \beta_j$. "
        rf"$$D := \frac{{\partial L}}{{\partial Y}} = {matrix((1, 2), (3, 4))}$$",
        {
            "mu": "mean(X, axis=0)",
            "sigma2": "mean((X - mu)**2, axis=0)",
            "Xhat": "(X - mu) / sqrt(sigma2)",
            "Y": "gamma * Xhat + beta",
            "L": "sum(D * Y)",
        },
    ),
    "gaussian": (
        r"$$\ell(\mu, \Sigma) = \frac12 \log|\Sigma| + \frac12 (x - \mu)^T \Sigma^{-1} (x-\mu)$$"
        r"$$\frac{\partial \ell}{\partial \mu} = -\Sigma^{-1}(x - \mu)$$",
        {"ell": "logdet(Sigma) / 2 + (x - mu) @ (inv(Sigma) @ (x - mu)) / 2"},
    ),
    "another name": (
        r"$s_{out} = w x$, $y_{out} = z_{out} = \tanh(s_{out})$, $E = 0.5 (z_{out} - t)^2$, "
        r"$w = 0.5$, $x = 1$, $t = 0$. "
        r"$\frac{\partial E}{\partial w} = \frac{\partial E}{\partial z_{out}} \cdot x$",
        {"sout": "w * x", "yout": "tanh(sout)", "E": "0.5 * (yout - t)**2"},
    ),
    "own function": (
        r"$f(t) = \frac{t}{1 + |t|}$ and $a = f(w x)$, $L = a^2$, $w = 2$, $x = 1$. "
        r"$\frac{dL}{dw} = 2 a f'(w x) x$",
        {"a": "f(w * x)", "L": "a**2"},
    ),
    "an elementwise product of a product": (
        r"$v = g \odot (W x)$, $L = \sum v$, "
        rf"$g = {column(1, 2)}$, $W = {matrix((1, 2), (3, 4))}$, $x = {column(1, 1)}$. "
        r"$\frac{\partial L}{\partial v} = 1$",
        {"v": "g * (W @ x)", "L": "sum(v)"},
    ),
}


@pytest.mark.parametrize(("text", "formulas"), SHEETS.values(), ids=SHEETS)
def test_formulas_of_sheets(text, formulas):
    assert forward(problem(text)) == formulas


@pytest.mark.parametrize("text", [text for text, _ in SHEETS.values()], ids=SHEETS)
def test_every_spelling_can_be_written_and_every_sheet_solved(text):
    found = problem(text)
    assert all(read_written(written) for written in found.write.values())
    assert set(solve(found).derivation.gradients) >= {found.of}


TRAINING = rf"""
## Exercise

$$x = {matrix((0.75, 0.2, -0.75), (0.8, 0.05, 0.8))}, \quad W = {matrix((0.6, 0.7), (0.01, 0.43))}$$
$$w = \begin{{bmatrix}} w_1 \\ w_2 \end{{bmatrix}} = {column(0.02, 0.03)}, \quad y = {matrix((1, 1, -1))}$$
$\alpha = 0.05$
$$s_1 = W^T \cdot x$$ $$z_1 = ReLU(s_1)$$ $$s_{{out}} = w^T \cdot z_1$$ $$y_{{out}} = tanh(s_{{out}})$$
$$L = 0.5 \cdot (y_{{out}} - y)^2$$
$$\delta_{{out}} = \frac{{\partial L}}{{\partial s_{{out}}}}$$ $$\Delta w = \delta_{{out}} \cdot z_1$$
$$W = W - \alpha \cdot \Delta W$$ $$w = w - \alpha \cdot \Delta w$$

### iteration 1
$$s_{{out}} = {matrix((0.03, 0.01, 0.01))}$$

### iteration 2
$$w' = {column(0.1, 0.2)}$$
"""


def test_training_on_a_batch_of_columns():
    """wᵀ z₁ is a row, and so is y: w is a column matrix, as wᵀ of a vector would be no row."""
    found = problem(TRAINING)
    assert found.update is not None
    assert (found.update.rate, found.update.parameters, found.update.steps) == ("alpha", ("W", "w"), 2)
    assert {name: value.shape for name, value in found.given.items()} == {
        "W": (2, 2),
        "x": (2, 3),
        "w": (2, 1),
        "y": (1, 3),
        "alpha": (),
    }
    assert forward(found)["sout"] == "w.T @ z1"


@pytest.mark.parametrize(
    ("line", "rate", "parameters"),
    [
        (r"$w \leftarrow w - 0.5 \frac{\partial L}{\partial w}$", 0.5, ("w",)),
        (r"$w^+ = w - \eta \frac{\partial L}{\partial w}$, $b^+ = 0.3$, $\eta = 2$", "eta", ("w", "b")),
        (r"$w' = w - \eta \, \Delta w$", None, None),
    ],
    ids=["a number", "a name", "no value"],
)
def test_updates(line, rate, parameters):
    update = problem(r"$z = w x + b$, $L = z^2$, $w = 1$, $x = 2$, $b = 3$. " + line).update
    assert (update and update.rate, update and update.parameters) == (rate, parameters)


def test_the_sum_of_squares_is_one_number_where_one_is_shown():
    line = rf"$d = y - t$, $y = {column(1, 2)}$, $t = {column(0, 1)}$, $E = \frac12 d^2$"
    assert forward(problem(line))["E"] == "d**2 / 2"
    assert forward(problem(rf"{line}, $E = 1.0$"))["E"] == "sum(d**2) / 2"


def test_a_formula_that_nothing_needs_is_left_out():
    text = r"$z = w x$, $q = \oint z$, $r = z + 1$, $L = z^2$, $\frac{\partial L}{\partial w} = 2 z x$"
    assert forward(problem(text)) == {"z": "w * x", "L": "z**2"}


def test_of_two_definitions_the_one_whose_names_are_known():
    text = r"$L = (y - d)^2$ in general. Here $w = 1$, $x = 2$, $t = 3$, $y = w x$, $L = (y - t)^2$."
    assert forward(problem(text))["L"] == "(y - t)**2"


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("Words.", "no forward pass is stated here", (1, 1)),
        (
            "$z = w x$\n\n$$L = \\oint_q z$$\n\n$$\\frac{\\partial L}{\\partial w} = 0$$",
            "this cannot be read as a formula of the forward pass",
            (3, 7),
        ),
        (
            f"$$z = W x$$\n\n$$L = z + {matrix((1, 2), (3, 4))}$$\n\n$${d('L', 'W')} = 0$$",
            "this cannot be read as a formula of the forward pass",
            (3, 7),
        ),
        (
            f"$W = {matrix((1, 2), (3, 4))}$, $x = {column(1, 2, 3)}$\n\n$$L = W x$$",
            "this formula of the forward pass cannot be made out",
            (3, 7),
        ),
        (
            "$$z = W x$$\n\n$$\\partial_W L = \\partial_z L x^T$$",
            "no line says what this is, which is differentiated here",
            (3, 14),
        ),
    ],
    ids=["words", "no formula", "a matrix", "shapes", "no objective"],
)
def test_errors_show_the_line(text, message, where):
    with pytest.raises(InputError, match=message) as caught:
        problem(text)
    assert (caught.value.place.line, caught.value.place.column) == where
    assert caught.value.place.file == "sheet.md"
    assert caught.value.hint


def test_the_numbers_shown_tell_along_which_axis_a_softmax_runs():
    text = rf"$Z = {matrix((1, 2), (1, 4))}$, $P = \text{{softmax}}(Z)$, $L = \sum P^2$, ${d('L', 'Z')} = ?$ "
    assert forward(problem(text))["P"] == "softmax(Z, axis=1)"
    shown = rf"$P = {matrix((0.5, 0.12), (0.5, 0.88))}$"
    assert forward(problem(text + shown))["P"] == "softmax(Z, axis=0)"


def test_a_sheet_is_checked_against_itself():
    wrong = SHEETS["logistic"][0] + r", $\frac{\partial L}{\partial b} = y - \hat{y}$"
    check = check_text(wrong)
    verdicts = [judged.verdict for judged in check.lines]
    assert verdicts[-1] == Verdict.WRONG
    assert set(verdicts[:-1]) <= {Verdict.CORRECT, Verdict.UNCHECKED}


@pytest.mark.parametrize(("name", "stem"), [("sheet.md", "sheet"), ("sheet.tex", "sheet.solution")])
def test_building_a_sheet_leaves_it_alone(tmp_path, name, stem):
    path = tmp_path / name
    path.write_text(LAYERS)
    result = CliRunner().invoke(main, ["build", str(path), "--to", "tex,json"])
    assert result.exit_code == 0, result.output
    assert path.read_text() == LAYERS
    assert json.loads((tmp_path / f"{stem}.json").read_text())["quantities"]["v"]["shape"] == [2]
    assert (tmp_path / f"{stem}.tex").exists()


def test_a_sheet_is_loaded_like_a_problem_file(tmp_path):
    path = tmp_path / "sheet.md"
    path.write_text(LAYERS)
    assert load(path).of == "J"


# A sheet never silently becomes another problem: what is stated is used, what cannot be said is an error.

SIZES_STATED = r"Let $x \in \mathbb{R}^{1 \times n}$ and $W \in \mathbb{R}^{n \times m}$. "
READ = {
    "a row by its size": (
        SIZES_STATED + r"$$z = \sigma(x W)$$ $$L = \frac12 \|z - t\|^2$$",
        {"z": "sigmoid(x @ W)", "L": "norm(z - t)**2 / 2"},
        {"shapes": {"x": [1, "n"], "W": ["n", "m"]}},
    ),
    "columns are samples": (
        r"$$Z = W X + b$$ $$L = \frac{1}{2} \sum_{i,j} Z_{ij}^2$$ with $X \in \mathbb{R}^{d \times n}$, "
        r"$W \in \mathbb{R}^{h \times d}$, $b \in \mathbb{R}^{h}$.",
        {"Z": "W @ X + b", "L": "sum(Z**2) / 2"},
        {"shapes": {"W": ["h", "d"], "X": ["d", "n"], "b": ["h", 1]}},
    ),
    "softmax of columns": (
        r"$X \in ℝ^{d×n}$, $W \in ℝ^{K×d}$. $$Z = W X, \quad A = \text{softmax}(Z), \quad "
        r"L = -\frac1n \sum_{i=1}^n \sum_{k=1}^K Y_{ki} \log A_{ki}$$",
        {"Z": "W @ X", "A": "softmax(Z, axis=0)", "L": "-mean(sum(Y * log(A), axis=0))"},
        {},
    ),
    "entries scaled by column": (
        r"$$y_{ij} = \gamma_j x_{ij} + \beta_j$$ $$L = \sum_{i,j} y_{ij}^2$$",
        {"y": "gamma * x + beta", "L": "sum(y**2)"},
        {"shapes": {"gamma": ["n"], "x": ["m", "n"], "beta": ["n"]}},
    ),
    "the larger of two matrices, one of them turned": (
        r"$z_{ij} = \max(a_{ij}, b_{ji})$, $L = \sum_{i,j} z_{ij}^2$",
        {"z": "maximum(a, b.T)", "L": "sum(z**2)"},
        {"shapes": {"a": ["n", "m"], "b": ["m", "n"]}},
    ),
    "entries scaled by row": (
        r"$$y_{ij} = \gamma_i x_{ij}$$ $$L = \sum_{i,j} y_{ij}^2$$",
        {"y": "(gamma * x.T).T", "L": "sum(y**2)"},
        {},
    ),
    "a name of two letters": (
        r"$$z = w b$$ $$a = \sigma(z)$$ $$Co = (a - y)^2$$",
        {"z": "w * b", "a": "sigmoid(z)", "Co": "(a - y)**2"},
        {},
    ),
    "a quantity of its argument": (
        r"$$h(x) = \frac{1}{1+e^{-(w^{T}x+b)}}$$ $$L = -(y \log(h(x)) + (1-y) \log(1-h(x)))$$",
        {"h": "sigmoid(w @ x + b)", "L": "-(y * log(h) + (1 - y) * log(1 - h))"},
        {},
    ),
    "a model of each sample": (
        r"$J(\theta) = \frac{1}{2m}\sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$, $h_\theta(x) = \theta^T x$",
        {"J": "mean((x @ theta - y)**2) / 2"},
        {"shapes": {"x": ["m", "n"], "y": ["m"]}},
    ),
    "gates of a batch": (
        r"$$f_t = \sigma(h_{t-1} W_f + x_t U_f)$$ $$c_t = c_{t-1} \odot f_t$$ $$L = \sum c_t$$",
        {"f_t": "sigmoid(h_t_1 @ W_f + x_t @ U_f)", "c_t": "c_t_1 * f_t", "L": "sum(c_t)"},
        {},
    ),
    "a power before the subscript": (
        r"$$L = \frac12 \|DW - X\|^2_F$$",
        {"L": "norm(D @ W - X)**2 / 2"},
        {},
    ),
    "a sum that ends early": (
        r"$x = (3, 4, 1, 2)$ $$s = \sum_{i=1}^{3} x_i$$ $$L = s^2$$",
        {"s": "sum(x[0:3])", "L": "s**2"},
        {},
    ),
    "a sum to one less": (
        r"$x = (3, 4, 1, 2)$ $$s = \sum_{i=1}^{n-1} x_i$$ $$L = s^2$$",
        {"s": "sum(x[0:-1])", "L": "s**2"},
        {},
    ),
    "a sum from the second": (
        r"$$L = \sum_{i=2}^{n} (x_i - x_{i-1})^2$$",
        {"L": "sum((x[1:] - x[0:-1])**2)"},
        {"shapes": {"x": ["n"]}},
    ),
    "a sum from 0": (r"$x = (1, 2, 3)$ $$L = \sum_{i=0}^{2} x_i^2$$", {"L": "sum(x**2)"}, {}),
    "half a sum of squares": (
        r"$e = (3, 4, 9)$ $$L = \frac{1}{2}\sum_{i=1}^{2} e_i^2$$",
        {"L": "sum(e[0:2]**2) / 2"},
        {},
    ),
    "a sum over two indices": (
        r"$$L = -\sum_{i,k} Y_{ik} \log P_{ik}$$",
        {"L": "-sum(Y * log(P))"},
        {},
    ),
    "norms": (
        r"$x = (3, 4, 1)$ $$L = \|x\|_\infty + \|x\|_1 + \|x\|_3$$",
        {"L": "max(abs(x)) + sum(abs(x)) + sum(abs(x)**3)**(1 / 3)"},
        {},
    ),
    "a sum of absolute values": (
        r"$x = (3, -4)$ $$L = \sum |x| + \lambda |x|$$",
        {"L": "sum(abs(x)) + lambda * norm(x)"},
        {},
    ),
    "the largest": (r"$x = (3, 4, 1)$ $$m = \max_i x_i$$ $$L = m^2$$", {"m": "max(x)", "L": "m**2"}, {}),
    "the largest of each row": (
        r"$$m_i = \max_j X_{ij}$$ $$L = \sum_i m_i$$",
        {"m": "max(X, axis=1)", "L": "sum(m)"},
        {},
    ),
    "functions with subscripts": (
        r"$x = (1, 2, 4)$ $$L = \sum_i \log_2 x_i + \exp_2(x_i) + \operatorname{LeakyReLU}_{0.2}(x_i)$$",
        {"L": "sum(log(x) / log(2) + 2**x + leaky_relu(x, slope=0.2))"},
        {},
    ),
    "chains with their numbers": (
        r"$w = 0.5$, $x = 2$, $z = w x = 1$, $p = \sigma(z) = 0.73$, $L = z^2 = 1$, $J = L = 1$, "
        r"$C = J p = 0.7$",
        {"z": "w * x", "L": "z**2", "J": "L", "p": "sigmoid(z)", "C": "J * p"},
        {"given": {"w": 0.5, "x": 2}},
    ),
    "a value of a function": (
        r"$g(t) = t^2$, $w = 2$, $L = g(w) = 4$",
        {"L": "g(w)"},
        {"functions": {"g(t)": "t**2"}},
    ),
    "samples": (
        r"$$z^{(i)} = w^T x^{(i)} + b$$ $$a^{(i)} = \sigma(z^{(i)})$$ "
        r"$$J = -\frac{1}{m} \sum_{i=1}^m \left[ y^{(i)} \log a^{(i)} "
        r"+ (1 - y^{(i)}) \log (1 - a^{(i)}) \right]$$",
        {"z": "x @ w + b", "a": "sigmoid(z)", "J": "-mean(y * log(a) + (1 - y) * log(1 - a))"},
        {"shapes": {"y": ["m"], "w": ["n"], "x": ["m", "n"], "b": []}},
    ),
    "samples of several classes": (
        r"$$z^{(i)} = W x^{(i)} + b$$ $$a^{(i)} = \text{softmax}(z^{(i)})$$ "
        r"$$J = -\frac{1}{m} \sum_{i=1}^m \sum_{k=1}^K y_k^{(i)} \log a_k^{(i)}$$",
        {"z": "x @ W.T + b", "a": "softmax(z, axis=1)", "J": "-mean(sum(y * log(a), axis=1))"},
        {},
    ),
    "samples with numbers": (
        r"$$\hat{y}^{(i)} = w x^{(i)}$$ $$L = \frac{1}{2}\sum_{i=1}^{2} (\hat{y}^{(i)} - y^{(i)})^2$$ "
        r"$x^{(1)} = 1, x^{(2)} = 2$, $y^{(1)}=2, y^{(2)}=4$, $w = 1$",
        {"yhat": "w * x", "L": "sum((yhat - y)**2) / 2"},
        {"given": {"w": 1, "x": [1, 2], "y": [2, 4]}},
    ),
    "rows of a matrix": (
        r"$$z_k = w_k^T x + b_k, \quad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$ $$L = -\sum_k y_k \log p_k$$",
        {"z": "w @ x + b", "p": "softmax(z)", "L": "-sum(y * log(p))"},
        {},
    ),
    "a recurrence": (
        r"$$h_t = \tanh(W h_{t-1} + U x_t), \quad t = 1, \dots, 2$$ $$L = \frac12 \|h_2 - y\|^2$$",
        {"h1": "tanh(W @ h0 + U @ x1)", "h2": "tanh(W @ h1 + U @ x2)", "L": "norm(h2 - y)**2 / 2"},
        {},
    ),
    "a loss at each time": (
        r"$$h_t = \tanh(w h_{t-1} + u x_t)$$ $$L = \sum_{t=1}^{T} (h_t - y_t)^2$$ with $T = 2$",
        {
            "h1": "tanh(w * h0 + u * x1)",
            "h2": "tanh(w * h1 + u * x2)",
            "L": "(h1 - y1)**2 + (h2 - y2)**2",
        },
        {},
    ),
    "layers in a letter": (
        r"$$z^{[l]} = W^{[l]} a^{[l-1]}$$ $$a^{[l]} = \sigma(z^{[l]})$$ for $l = 1,\dots,2$, "
        r"$$J = \|a^{[2]} - y\|^2$$",
        {
            "z1": "W1 @ a0",
            "a1": "sigmoid(z1)",
            "z2": "W2 @ a1",
            "a2": "sigmoid(z2)",
            "J": "norm(a2 - y)**2",
        },
        {},
    ),
    "entries of given arrays": (
        r"$x = (2, 3)$, $W = \begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}$ $$L = W_{12} x_1 + x_2^2$$",
        {"L": "W[0, 1] * x[0] + x[1]**2"},
        {},
    ),
    "constants": (
        r"$\lambda = 10^{-3}$, $w = \frac{2}{4}$, $b = \sqrt{4}$ $$L = \lambda w + b$$",
        {"L": "lambda * w + b"},
        {"given": {"lambda": 0.001, "w": 0.5, "b": 2.0}},
    ),
    "decimal commas": (
        r"$w = 0,5$, $x = (1,5; 2)$ $$L = \sum_i w x_i$$",
        {"L": "sum(w * x)"},
        {"given": {"w": 0.5, "x": [1.5, 2]}},
    ),
    "ones": (
        r"$$Z = X W + \mathbf{1} b^\top$$ $$L = \mathbf{1}^T Z \mathbf{1}$$",
        {"Z": "X @ W + b", "L": "sum(sum(Z, axis=0))"},
        {},
    ),
    "a name with a prime": (
        r"$c' = f \odot c$, $L = \sum c'$, $f = (1, 2)$, $c = (3, 4)$",
        {"c_prime": "f * c", "L": "sum(c_prime)"},
        {"given": {"f": [1, 2], "c": [3, 4]}},
    ),
    "labels that are letters": (
        r"$z_i = W_i x$, $z_f = W_f x$, $L = \|z_i + z_f\|^2$",
        {"z_i": "W_i @ x", "z_f": "W_f @ x", "L": "norm(z_i + z_f)**2"},
        {},
    ),
    "sizes with their numbers": (
        r"$W \in \mathbb{R}^{p \times q}$, $A \in \mathbb{R}^{n \times p}$, $p = 3$, $q = 2$ "
        r"$$Z = A W$$ $$L = \|Z\|^2$$",
        {"Z": "A @ W", "L": "norm(Z)**2"},
        {"shapes": {"A": ["n", 3], "W": [3, 2]}},
    ),
    "a function with and without its constant": (
        r"$f(t, a) = a t^2$, $f(t) = f(t, 3)$, $L = f(w)$",
        {"L": "f(w, 3)"},
        {"functions": {"f(t, a)": "a * t**2"}},
    ),
    "a function by cases": (
        r"$$f(t) = \begin{cases} t & t > 0 \\ 0.1 t & \text{otherwise}\end{cases}$$ $$L = f(w x)^2$$",
        {"L": "f(w * x)**2"},
        {"functions": {"f(t)": "where(t > 0, t, 0.1 * t)"}},
    ),
    "a function of two": (
        r"$$g(u, v) = u v + v^2$$ $$L = g(2x, y)$$",
        {"L": "g(2 * x, y)"},
        {"functions": {"g(u, v)": "u * v + v**2"}},
    ),
    "one-hot labels": (
        r"$$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$$ $$L = -\sum_k y_k \log p_k$$ where $y$ is one-hot.",
        {"p": "softmax(z)", "L": "-sum(y * log(p))"},
        {"assume": ["sum(y) == 1"]},
    ),
    "labels that sum to one": (
        r"$$L = -\sum_{i=1}^N\sum_{k=1}^K Y_{ik} \log P_{ik}$$ with $\sum_k Y_{ik} = 1$",
        {"L": "-sum(Y * log(P))"},
        {"assume": ["sum(Y, axis=1) == 1"]},
    ),
}


@pytest.mark.parametrize(("text", "formulas", "keys"), READ.values(), ids=READ)
def test_what_a_sheet_states_is_used(text, formulas, keys):
    found = problem(text)
    assert forward(found) == formulas
    assert {key: found.located.data.get(key) for key in keys} == keys


@pytest.mark.parametrize("text", [text for text, *_ in READ.values()], ids=READ)
def test_what_is_read_is_solved(text):
    found = problem(text)
    assert set(solve(found).derivation.gradients) >= {found.of}


REFUSED = {
    "a function nobody knows": (r"$$L = \operatorname{ReLU}_6(x)$$", "'ReLU_6' is no function", (1, 7)),
    "a word for a function": (r"$$L = \operatorname{foo}(x)^2$$", "'foo' is no function", (1, 7)),
    "a function with a subscript": (r"$$L = \tanh_2(x)$$", "'tanh_2' is no function", (1, 7)),
    "a norm": (r"$$L = \|W\|_*$$", r"the norm with the subscript \* is not known", (1, 7)),
    "a norm of a matrix": (
        r"$$L = \|W\|_1$$ $W \in \mathbb{R}^{2 \times 3}$",
        "the norm with the subscript 1 is not known of a matrix",
        (1, 7),
    ),
    "a sum that ends too late": (
        r"$x = (1, 2, 3)$ $$L = \sum_{i=1}^{4} x_i^2$$",
        "the sum goes to 4, and there are 3 entries",
        (1, 23),
    ),
    "another size": (
        r"$x \in \mathbb{R}^n$ $$L = \sum_{i=1}^{m} x_i^2$$",
        "the sum goes to m, and there are n entries",
        (1, 28),
    ),
    "a condition": (r"$$L = \sum_{i \neq j} x_i x_j$$", "a sum under a condition cannot be said", (1, 7)),
    "a set": (r"$$L = \sum_{i \in S} x_i^2$$", "a sum over a set cannot be said", (1, 7)),
    "a product over an index": (r"$$L = \prod_i x_i$$", "a product over an index cannot be said", (1, 7)),
    "a limit in letters": (r"$$L = \sum_{i=j}^{n} x_i$$", "a sum begins at a number", (1, 7)),
    "dots": (r"$$L = x_1^2 + \dots + x_1$$", "cannot be read", (1, 7)),
    "ones alone": (r"$$L = \|\mathbf{1}\|^2 + x$$", "a vector of ones stands alone", (1, 7)),
    "another number of arguments": (
        r"$f(t, a) = a t$ $$L = f(w) + f(w, 2)$$",
        "'f' has another number of arguments here",
        (1, 23),
    ),
    "the identity": (r"$$L = \det(A + \lambda I)$$", "the identity cannot be said", (1, 12)),
    "an entry by a name": (r"$$L = \log \sum_k e^{z_k} - z_y$$", "which entry of z is meant", (1, 29)),
    "a part that cannot be read": (
        "$$h = \\oint z$$ $$L = h^2$$",
        "this cannot be read as a formula",
        (1, 7),
    ),
    "a last part that cannot be read": (
        "$$h = z^2$$ $$L = \\oint h$$",
        "this cannot be read as a formula",
        (1, 19),
    ),
    "an array for a quantity": (
        r"$$h = \frac{\partial s}{\partial z}$$ $$L = h^2$$ $$\frac{\partial L}{\partial h} = 2h$$",
        "this cannot be read as a formula",
        (1, 7),
    ),
    "another size than stated": (
        r"$z \in \mathbb{R}^{3}$, $W \in \mathbb{R}^{2 \times 4}$ $$z = W x$$ $$L = \|z\|^2$$",
        "its sizes are not those that the sheet states",
        (1, 63),
    ),
    "a circle": (
        "$q = a + c$\n\n$c = 1 - q$\n\n$f = q^2$\n\n$a = 1$",
        "c is defined here by what rests on it",
        (3, 6),
    ),
    "a sum over times that ends at an expression": (
        r"$h_t = \tanh(u x_t + v h_{t-1})$, $h_0 = 0$, $t = 1, \dots, 3$, $L = \sum_{t=1}^{2+1} h_t$",
        "a sum ends at a number, or at a size",
        (1, 70),
    ),
    "a recurrence without an end": (
        r"$$s_t = s_{t-1} + x_t$$ $$L = s_T^2$$ $t = 1, \dots, T$",
        "from where to where t goes is not said",
        (1, 31),
    ),
}


@pytest.mark.parametrize(("text", "message", "where"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_said_is_an_error(text, message, where):
    with pytest.raises(InputError, match=message) as caught:
        problem(text)
    assert (caught.value.place.line, caught.value.place.column) == where
    assert caught.value.hint


def test_limits_count_in_numbers():
    """s = 3 + 4 + 1, so ∂s²/∂x = 16 but for the last entry."""
    found = solve(problem(READ["a sum that ends early"][0]))
    assert found.run.gradients["x"].tolist() == [16, 16, 16, 0]


# Several exercises.

TWO = """# Exercise 1

$$z = w x$$ $$L = (z - y)^2$$

## Backward

$$\\frac{dL}{dz} = 2(z - y)$$

# Exercise 2

$$u = a b$$ $$L = u^3$$
"""


def test_exercises_have_problems_of_their_own():
    (first, last, one), (second, end, two) = exercises_of(read_submission(TWO))
    assert (first, last, second, end) == (1, 3, 4, 5)
    assert forward(one) == {"z": "w * x", "L": "(z - y)**2"}
    assert forward(two) == {"u": "a * b", "L": "u**3"}


@pytest.mark.parametrize(
    "heading", ["**Problem 2.**", "\\section*{Question 2}", "## 2 Exercise 2", "Aufgabe 2:", "### Task 2 (b)"]
)
def test_headings_of_exercises(heading):
    text = f"Exercise 1\n\n$L = w^2$\n\n{heading}\n\n$J = v^3$"
    found = exercises_of(read_submission(text, "sheet.tex" if "\\" in heading else "sheet.md"))
    assert [problem.of for _, _, problem in found] == ["L", "J"]


def test_an_exercise_may_go_on_with_the_one_before():
    text = "**Problem 1.** $z = w x$, $L = z^2$\n\n**Problem 2.** Derive $\\frac{dL}{dw} = 2 z x$."
    (_, _, one), (_, _, two) = exercises_of(read_submission(text))
    assert forward(one) == forward(two)
    assert two.wrt == ("w",)


def test_one_problem_of_two_exercises_is_an_error():
    with pytest.raises(InputError, match="several exercises") as caught:
        problem(TWO)
    assert caught.value.place.line == 9


def test_an_exercise_that_cannot_be_read_is_told_with_its_lines():
    found = exercises_of(read_submission(TWO.replace("u^3", "\\|u\\|_*")))
    assert [type(problem).__name__ for _, _, problem in found] == ["Problem", "InputError"]


# A derivation alone.


def test_a_derivation_without_a_forward_pass_has_its_names():
    text = r"$(a+b)^2 = a^2 + 2ab + b^2$, $(AB)^T = B^T A^T$, $3 \cdot 4 = 12$"
    ((first, last, found),) = exercises_of(read_submission(text))
    assert (first, last) == (1, 3)
    assert isinstance(found, Unstated)
    assert {name: len(shape) for name, shape in found.shapes.items()} == {"a": 0, "b": 0, "A": 2, "B": 2}
    assert "no forward pass" in found.lack.message
    assert solve(found)


def test_what_is_known_of_a_forward_pass_is_kept():
    text = rf"$z = W x + b$, $a = \sigma(z)$, ${d('J', 'z')} = {d('J', 'a')} a (1-a)$"
    ((_, _, found),) = exercises_of(read_submission(text))
    assert isinstance(found, Unstated)
    assert {"z", "a"} <= set(forward(found))
    with pytest.raises(InputError, match="no line says what this is"):
        problem(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$x = 0,5$", True),
        (r"$W = \begin{pmatrix}1,5 & 2,25\end{pmatrix}$", True),
        (r"$x = 0,5$ and $y = 0.5$", False),
        (r"$x_{1,2} = 3$, $f(1,2)$, $i \in \{1,2\}$", False),
        (r"$i = 1,2,3$", False),
        (r"for $t = 0,1$ and $k = 1,2$", False),
        (r"$w = 2{,}25$", True),
        (r"$w = 12{,}250$", False),
    ],
)
def test_decimal_commas_are_told_from_others(text, expected):
    assert decimal_commas(text) == expected


def test_commas_in_braces_are_decimal_beside_points():
    assert (
        with_points(r"$s = \sqrt{3{,}5} = 1{,}871$, $n = 1.604$")
        == r"$s = \sqrt{3{.}5} = 1{.}871$, $n = 1.604$"
    )
    assert with_points(r"$s = 1{,}871$, $n = 1.604$") == r"$s = 1{,}871$, $n = 1.604$"


# What symgrad writes, read as a sheet: the same problem, or an error.

ROOT = Path(__file__).parents[1]
REPORTS = {path.stem: path for path in sorted((ROOT / "reports").rglob("*.yaml"))}
FUNCTION = "is no function that is known here"
NOT_SAID = {
    **dict.fromkeys(("batch_norm", "convolution", "convolution_mean_pool", "layer_norm"), FUNCTION),
    **dict.fromkeys(("class_numbers", "td_zero", "attention_heads", "convolution_channels"), FUNCTION),
    **dict.fromkeys(("infonce", "policy_gradient", "token_recurrence"), FUNCTION),
    **dict.fromkeys(("distillation", "label_smoothing"), FUNCTION),
    "upstream_gradient": "no line says what this is",
}
"""Keys with words below a function, a convolution, a look-up; and one that only says what comes back to A."""


@pytest.mark.parametrize("name", REPORTS)
def test_a_key_is_read_as_its_own_problem(name, tmp_path):
    asked = [
        "build",
        str(REPORTS[name]),
        "--to",
        "md",
        "-o",
        str(tmp_path),
        "--limit",
        "60s",
    ]  # it may be busy
    built = CliRunner().invoke(main, asked)
    assert built.exit_code == 0, built.output
    (key,) = tmp_path.glob("*.md")
    if name in NOT_SAID:
        with pytest.raises(InputError, match=NOT_SAID[name]):
            load(key)
        return
    expected, found = solved(name_of(REPORTS[name])), solve(load(key))
    assert found.problem.of == expected.problem.of
    shared = expected.run.gradients.keys() & found.run.gradients.keys()
    assert shared
    for gradient in shared:
        left, right = expected.run.gradients[gradient], found.run.gradients[gradient]
        assert np.allclose(np.ravel(left), np.ravel(right), rtol=1e-2, atol=1e-3), gradient

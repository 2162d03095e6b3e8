"""Lab sheets as problems: the formulas read, their numbers by NumPy, and what is told where none is read."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from support import assert_close

from symgrad.api.problems import load
from symgrad.checking.check import check_text
from symgrad.checking.verdict import Verdict
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.maths.written import read_written
from symgrad.solving import solve
from symgrad.submission.read import read_submission
from symgrad.submission.sheet import problem_of


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

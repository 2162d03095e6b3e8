"""Names as maths: by habit, as the user writes them, and told apart."""

import pytest

from symgrad.errors import InputError
from symgrad.maths.latex import latex
from symgrad.maths.naming import distinct_names, name
from symgrad.maths.typst import typst

BY_HABIT = [
    ("W", 2, "W"),
    ("W1", 2, "W_1"),
    ("W12", 2, "W_{12}"),
    ("x", 1, r"\vec{x}"),
    ("b1", 1, r"\vec{b}_1"),
    ("h10", 1, r"\vec{h}_{10}"),
    ("s1", 0, "s_1"),
    ("L23", 0, "L_{23}"),
    ("alpha", 0, r"\alpha"),
    ("alpha", 1, r"\vec{\alpha}"),
    ("lam", 0, r"\lambda"),
    ("lambda", 0, r"\lambda"),
    ("eps", 0, r"\varepsilon"),
    ("epsilon", 0, r"\varepsilon"),
    ("varphi", 0, r"\varphi"),
    ("vartheta", 1, r"\vec{\vartheta}"),
    ("sigma2", 0, r"\sigma_2"),
    ("Sigma", 2, r"\Sigma"),
    ("yhat", 0, r"\hat{y}"),
    ("yhat", 1, r"\hat{y}"),
    ("Yhat", 2, r"\hat{Y}"),
    ("xbar", 1, r"\bar{x}"),
    ("mutilde", 0, r"\tilde{\mu}"),
    ("yhat1", 0, r"\hat{y}_1"),
    ("W_ih", 2, "W_{i h}"),
    ("W_ih_1", 2, "W_{i h, 1}"),
    ("h1_t", 1, r"\vec{h}_{1, t}"),
    ("x_t1", 1, r"\vec{x}_{t_1}"),
    ("alpha_beta", 0, r"\alpha_{\beta}"),
    ("net_h", 1, r"\mathrm{net}_h"),
    ("W_prev", 2, r"W_{\mathrm{prev}}"),
    ("x_in", 0, r"x_{\mathrm{in}}"),
    ("sout", 0, r"s_{\mathrm{out}}"),
    ("yout", 1, r"\vec{y}_{\mathrm{out}}"),
    ("hprev", 1, r"\vec{h}_{\mathrm{prev}}"),
    ("Wxh", 2, "W_{x h}"),
    ("Why", 2, "W_{h y}"),
    ("Wx", 2, "W_x"),
    ("bh", 1, r"\vec{b}_h"),
    ("Loss", 0, r"\mathrm{Loss}"),
    ("logq", 1, r"\mathrm{logq}"),
    ("sd", 0, r"\mathrm{sd}"),
    ("target", 1, r"\mathrm{target}"),
    ("hat", 0, r"\mathrm{hat}"),
    ("w_", 0, r"\mathrm{w\_}"),
    ("w__1", 0, r"\mathrm{w\_\_1}"),
    ("größe", 0, r"\text{größe}"),
]

WRITTEN = [
    ("W_1", "W_1"),
    ("W_{12}", "W_{12}"),
    ("W_12", "W_1 2"),
    (r"\vec{b}_1", r"\vec{b}_1"),
    (r"\vec b_1", r"\vec{b}_1"),
    (r"\hat{y}", r"\hat{y}"),
    (r"\overline{xy}", r"\overline{x y}"),
    (r"\mathbf{W}^{(1)}", r"\mathbf{W}^{(1)}"),
    (r"\boldsymbol{\alpha}_{ij}", r"\boldsymbol{\alpha}_{i j}"),
    (r"\mathbf{W_1}", r"\mathbf{W}_1"),
    (r"\mathbf{\hat{w}}", r"\hat{\mathbf{w}}"),
    (r"\text{Loss}", r"\mathrm{Loss}"),
    (r"\text{new loss}", r"\text{new loss}"),
    (r"y_{\text{prévu}}", r"y_{\text{prévu}}"),
    ("y_{\\mathrm{pre\u0301vu}}", r"y_{\text{prévu}}"),
    (r"\textrm{neue Größe}_1", r"{\text{neue Größe}}_1"),
    (r"x_{\text{да}}", r"x_{\text{[U+0434][U+0430]}}"),
    (r"\text{δ}", r"\delta"),
    (r"\mathit{net}_h", r"\mathit{net}_h"),
    (r"\operatorname{Err}_{i,j}", r"\mathrm{Err}_{i, j}"),
    (r"\mathcal{L}", r"\mathcal{L}"),
    (r"\mathbb{E}", r"\mathbb{E}"),
    (r"\alpha", r"\alpha"),
    ("α", r"\alpha"),
    (r"\varepsilon_\phi", r"\varepsilon_{\phi}"),
    (r"\ell", r"\ell"),
    ("w'", "w'"),
    ("w_1''", "w_1''"),
    (r"w^{\prime}", "w'"),
    ("W^+", "W^+"),
    ("W^{-1}", "W^{-1}"),
    ("x_{t-1}", "x_{t - 1}"),
    (r"w^\star", r"w^{\star}"),
    ("w^*", r"w^{\ast}"),
    ("f(x, y)", "f(x, y)"),
    (r"\log\sigma^2", r"\log \sigma^2"),
    (r"\ln\left(p\right)", r"\ln(p)"),
    (r"\max", r"\mathrm{max}"),
    (r"y_{\max}", r"y_{\mathrm{max}}"),
    ("W^{[1]}", "W^{[1]}"),
    (r"a^{[l-1](i)}", "a^{[l - 1](i)}"),
    (r"x^{\{1\}}", r"x^{\{1\}}"),
    (r"\lVert w \rVert", r"\lVert w \rVert"),
    (r"\bm{w}", r"\mathbf{w}"),
    (r"\bm W_1", r"\mathbf{W}_1"),
    (r"\pmb\mu", r"\boldsymbol{\mu}"),
    (r"\textbf{w}", r"\mathbf{w}"),
    ("v^{'}", "v'"),
    ("v^{''}", "v''"),
    (r"v^{\prime\prime}", "v''"),
    (r"\dot{x}", r"\dot{x}"),
    (r"\mu_{k|k-1}", r"\mu_{k \mid k - 1}"),
    ("x_{0:t}", "x_{0 : t}"),
    (r"\mathsf{X}^{\dagger}", r"\mathrm{X}^{\dagger}"),
]

REFUSED = [
    (r"\input{a}", r"\input", 1),
    (r"x\\y", "\\\\", 2),
    (r"x\csname y\endcsname", r"\csname", 2),
    ("$x$", r"\$", 1),
    ("x}", "}", 2),
    ("x#1", "#", 2),
    ("x~y", "~", 2),
    ("x%", "%", 2),
    ("x&y", "&", 2),
    ("é", "é", 1),
    (r"\mathbf{é}", "é", 9),
    (r"\text{é\input}", "é", 7),
    (r"\text{é$}", "é", 7),
    ("(x", "ends too early", 3),
    ("x^{", "ends too early", 4),
    (r"\vec", "ends too early", 5),
    ("x_1_2", "second subscript", 4),
    ("x^1'", "second superscript", 4),
    ("x'''", "more than two primes", 4),
    (r"\mathcal{AB}", "one capital letter", 12),
    ("", "missing", 1),
    ("x_{}", "missing", 4),
    ("{" * 20, "deep", 9),
    ("x" * 1000, "characters", 1),
]


@pytest.mark.parametrize(("id", "rank", "expected"), BY_HABIT)
def test_habit(id, rank, expected):
    assert latex(name(id, rank)) == expected


@pytest.mark.parametrize(("source", "expected"), WRITTEN)
def test_written(source, expected):
    node = name("x", 1, source)
    assert latex(node) == expected
    assert typst(node)


@pytest.mark.parametrize(("source", "message", "column"), REFUSED)
def test_what_is_not_read_is_an_input_error_at_its_place(source, message, column):
    with pytest.raises(InputError) as caught:
        name("x", 0, source)
    assert message.replace("\\$", "$") in caught.value.message
    assert caught.value.place.column == column


def test_the_hint_lists_what_is_known():
    with pytest.raises(InputError) as caught:
        name("x", 0, r"\foo")
    assert r"\vec" in caught.value.hint
    assert r"\mathbf" in caught.value.hint


def written(entries):
    return {id: latex(node) for id, node in distinct_names(entries).items()}


def test_of_two_names_alike_the_later_one_is_written_plainly():
    assert written([("w1", 0, None), ("w_1", 0, None), ("lam", 0, None), ("lambda", 0, None)]) == {
        "w1": "w_1",
        "w_1": r"\mathrm{w\_1}",
        "lam": r"\lambda",
        "lambda": r"\mathrm{lambda}",
    }


def test_rank_alone_tells_a_vector_from_a_matrix():
    assert written([("w1", 1, None), ("w_1", 2, None)]) == {"w1": r"\vec{w}_1", "w_1": "w_1"}


def test_what_the_user_writes_comes_before_habit():
    assert written([("W1", 2, None), ("A", 2, "W_1"), ("B", 2, "W_1")]) == {
        "W1": r"\mathrm{W1}",
        "A": "W_1",
        "B": r"\mathrm{B}",
    }


def test_names_keep_their_order():
    assert list(distinct_names([("b", 0, None), ("a", 0, "x"), ("c", 0, None)])) == ["b", "a", "c"]

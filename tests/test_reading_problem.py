import contextlib
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import InputError
from symgrad.reading.problem import default_wrt, load_problem, read_problem
from symgrad.tree import Name, Number, Op, Size, names, number

LAB = """\
title: "Lab 6: Implementing Gradients"
forward:
  u: W1 @ x + b1
  h: relu(u)
  v: W2 @ h + b2
  o: softmax(v)
  L: -sum(y * log(o))
  s: norm(W1)**2 / 2 + norm(W2)**2 / 2
  J: L + lam * s
backward:
  of: J
  wrt: [W2, b2, W1, b1]
data: [x, y]
given:
  x: [6, 3]
  W1: [[0.3, 0.5], [0.2, 0.7], [0.1, 0.4]]
  b1: [0.1, 0.2, 0.3]
  W2: [[0.3, 0.5, 0.1], [0.2, 0.7, 0.8]]
  b2: [0.3, 0.5]
  y: [0, 1]
  lam: 1e-3
  eta: 0.05
update:
  rate: eta
  parameters: [W1, b1, W2, b2]
  steps: 3
  show: [1, 3]
assume: [sum(y) == 1]
write: {W1: W_1, b1: '\\vec{b}_1'}
report: {style: lab, notation: prod, digits: 3}
"""
EACH = "update: {rate: eta, parameters: [W], each: %s}\n"
NET = "forward:\n  u: W @ x + b\n  L: sum(u)\n"


def fault(text, kind=InputError):
    with pytest.raises(InputError) as caught:
        read_problem(text, "p.yaml")
    error = caught.value
    assert type(error) is kind
    assert error.hint
    return error


def pointed(place):
    return place.text[place.column - 1 : place.column - 1 + place.width]


def test_every_key_of_the_lab():
    problem = read_problem(LAB)
    assert problem.title == "Lab 6: Implementing Gradients"
    assert [name for name, _ in problem.forward] == ["u", "h", "v", "o", "L", "s", "J"]
    assert problem.formulas["u"].formula == Op("add", (Op("matmul", (Name("W1"), Name("x"))), Name("b1")))
    assert (problem.of, problem.wrt, problem.data) == ("J", ("W2", "b2", "W1", "b1"), ("x", "y"))
    assert problem.leaves == ("W1", "x", "b1", "W2", "b2", "y", "lam")
    np.testing.assert_array_equal(problem.given["W1"], [[0.3, 0.5], [0.2, 0.7], [0.1, 0.4]])
    assert [problem.given[name].shape for name in ("W1", "x", "lam")] == [(3, 2), (2,), ()]
    assert problem.given["x"].dtype == np.float64
    assert (problem.update.rate, problem.update.steps, problem.update.show) == ("eta", 3, (1, 3))
    assert problem.update.parameters == ("W1", "b1", "W2", "b2")
    assert problem.assume == ((Op("sum", (Name("y"),)), number(1)),)
    assert problem.write == {"W1": "W_1", "b1": r"\vec{b}_1"}
    assert (problem.report.style, problem.report.notation, problem.report.digits) == ("lab", "prod", 3)
    assert (problem.report.engine, problem.report.detail) == (None, None)
    assert problem.warnings == ()
    assert pointed(problem.place("given", "W1", 1)) == "[0.2, 0.7]"
    assert pointed(problem.key_place("update", "rate")) == "rate"


def test_the_smallest_problem():
    problem = read_problem("forward: {f: x * y}\n")
    assert (problem.title, problem.of, problem.wrt, problem.update) == ("", "f", None, None)
    assert default_wrt(problem) == ("x", "y")


def test_a_problem_is_read_from_a_file(tmp_path):
    path = tmp_path / "lab.yaml"
    path.write_text(LAB, encoding="utf-8")
    assert load_problem(path).place("title").file == str(path)


def test_the_default_wrt():
    assert default_wrt(read_problem(LAB)) == ("W2", "b2", "W1", "b1")
    assert default_wrt(read_problem(NET)) == ("W", "x", "b")
    assert default_wrt(read_problem(NET + "data: [x]\n")) == ("W", "b")
    assert default_wrt(read_problem(NET + "update: {rate: 1, parameters: [b]}\n")) == ("b",)


def test_bare_numbers_and_copies_are_formulas():
    problem = read_problem("forward:\n  c: 0.10\n  d: 1e-3\n  e: c\n  'y': -2\n")
    assert problem.formulas["c"].formula == Number(Fraction(1, 10))
    assert problem.formulas["d"].formula == Number(Fraction(1, 1000))
    assert problem.formulas["e"].formula == Name("c")
    assert problem.formulas["y"].formula == Op("negative", (number(2),))


def test_ordinary_names_stay_ordinary():
    text = "forward:\n  y: e * E + I * S + N * O + Q + beta * gamma\n  no: y ** lambda\n  on: no + in\n"
    problem = read_problem(text)
    assert problem.leaves == ("e", "E", "I", "S", "N", "O", "Q", "beta", "gamma", "lambda", "in")


def test_a_given_may_be_a_formula_of_numbers():
    problem = read_problem(
        "forward: {u: W @ x}\ngiven: {x: [1/3, 'sqrt(2)'], W: [['0.76 + log(4)', 1], [0, pi]]}\n"
    )
    assert problem.given["x"].tolist() == [1 / 3, math.sqrt(2)]
    assert problem.given["W"].tolist() == [[0.76 + math.log(4), 1], [0, math.pi]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/0", "a division by zero"),
        ("w/2", "a text where a number is expected (in 'x')"),
        ("eye(2)", "this has no value: it makes an array (in 'x')"),
        ("9**9**9", "an exponent beyond 1,000"),
        ("1/", "the formula cannot be read from here"),
    ],
)
def test_a_given_that_has_no_number_is_told(text, message):
    with pytest.raises(InputError) as caught:
        read_problem(f"forward: {{u: 2 * x}}\ngiven: {{x: {text}}}\n")
    assert message in str(caught.value)
    assert str(caught.value).startswith("problem:2:1")


def test_givens_are_read_only():
    array = read_problem(LAB).given["x"]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 7


def test_size_names_are_numbers_in_formulas():
    problem = read_problem("forward: {m: sum(x) / n}\nshapes: {x: [n]}\nassume: [sum(x) == n]\n")
    assert problem.formulas["m"].formula == Op("divide", (Op("sum", (Name("x"),)), Size("n")))
    assert problem.assume[0][1] == Size("n")
    assert problem.leaves == ("x",)
    assert problem.shapes == {"x": ("n",)}
    assert problem.sizes == {}
    assert pointed(problem.formulas["m"].place_of(Size("n"))) == "n"


def test_a_size_name_that_is_also_given_is_that_leaf():
    problem = read_problem("forward: {m: sum(x) / n}\nshapes: {x: [n]}\ngiven: {n: 3}\n")
    assert problem.leaves == ("x", "n")


def test_givens_bind_size_names():
    problem = read_problem(NET + "shapes: {W: [m, n], x: [n]}\ngiven: {W: [[1, 2], [3, 4], [5, 6]]}\n")
    assert problem.sizes == {"m": 3, "n": 2}


def test_a_scalar_shape():
    assert read_problem("forward: {f: a * b}\nshapes: {a: [], b: [2]}\n").shapes == {"a": (), "b": (2,)}


def test_unused_givens_are_warned_of():
    problem = read_problem(NET + "given: {z: 1, W: 2, rho: 3}\nupdate: {rate: rho, parameters: [W]}\n")
    assert problem.warnings == ("'z' is given, and no formula uses it",)


def test_a_rate_may_be_symbolic_in_a_symbolic_problem():
    assert read_problem(NET + "update: {rate: eta, parameters: [W]}\n").update.rate == "eta"
    assert read_problem(NET + "given: {b: 0}\nupdate: {rate: eta, parameters: [W]}\n").update.rate == "eta"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "given: {W1: 1, x: 2, b: 3}\nshapes: {W11: []}\n",
        "given: {W1: 1, x: 2, b: 3, W11: 4}\n",
        "given: {W1: 1}\nbackward: {wrt: [W11]}\n",
        "given: {W1: 1}\ndata: [W11]\n",
        "given: {W1: 1}\nwrite: {W11: 'W_{11}'}\n",
        "given: {W12: 1}\n",
        "given: {x: 1}\n",
        "shapes: {x: [n]}\n",
    ],
)
def test_a_bare_leaf_is_symbolic_unless_it_looks_like_a_slip(rest):
    assert "W11" in read_problem("forward:\n  u: W11 @ x + b\n" + rest).leaves


@pytest.mark.parametrize(
    ("formula", "given", "leaf", "free"),
    [
        ("W @ xx", "W: [[1, 2]], x: [1, 2]", "xx", "x"),
        ("W @ X", "W: [[1, 2]], x: [1, 2]", "X", "x"),
        ("sum(x) * lam", "x: [1, 2], lambda: 3", "lam", "lambda"),
        ("W1 @ x", "W2: [[1, 2]], x: [1, 2]", "W1", "W2"),
        ("x * y_hat", "x: 1, yhat: 3", "y_hat", "yhat"),
        ("X_train @ w", "w: [1], X: [[2]]", "X_train", "X"),
        ("W @ xx + bb + c", "W: [[1, 2]], x: [1, 2], b: 1", "xx", "x"),
    ],
)
def test_a_name_without_a_value_and_a_given_without_a_use_are_told_together(formula, given, leaf, free):
    with pytest.raises(InputError) as caught:
        read_problem(f"forward: {{u: {formula}}}\ngiven: {{{given}}}\n")
    error = caught.value
    assert leaf in error.message
    assert free in error.message + error.hint
    assert error.place.text[error.place.column - 1 :][: error.place.width] == leaf


@pytest.mark.parametrize(
    ("formula", "rest"),
    [
        ("w * x + b", "given: {w: 1, x: 2, c: 3}"),
        ("w * x", "given: {w: 1, lr: 2}"),
        ("W @ xx", "given: {W: [[1, 2]], x: [1, 2]}\nshapes: {xx: [2]}"),
        ("w * x", "given: {w: 1, rate: 2}\nupdate: {rate: rate, parameters: [w]}"),
    ],
)
def test_an_idle_given_that_is_like_no_free_name_is_no_fault(formula, rest):
    assert read_problem(f"forward: {{u: {formula}}}\n{rest}\n").forward


@pytest.mark.parametrize(
    ("text", "caret", "message", "hint"),
    [
        ("forward: {u: W11 @ x, s: W1}\ngiven: {W1: 1, x: 2}\n", "W11", "unknown name 'W11'", "mean 'W1'?"),
        ("forward: {u: w1 @ x, s: W1}\nshapes: {W1: [n, n]}\n", "w1", "unknown name 'w1'", "mean 'W1'?"),
        (
            "forward: {hidden: x, f: hiden}\ngiven: {x: 2}\n",
            "hiden",
            "unknown name 'hiden'",
            "mean 'hidden'?",
        ),
        (
            "forward: {f: W * x}\ngiven: {weight: 1, x: 2}\nbackward: {of: g}\n",
            "g",
            "no forward quantity",
            "f",
        ),
        ("forward: {u: v, v: x}\n", "v", "'v' is used before it is made, on line 1", "up"),
        ("forward: {u: u + 1}\n", "u", "'u' is defined by itself", "another name"),
        ("forward: {u: 1, u: 2}\n", "u", "'u' stands here a second time", "rename"),
        ("forward: {exp: x}\n", "exp", "'exp' is a function", "another name"),
        ("forward: {pi: x}\n", "pi", "'pi' is the number pi", "another name"),
        ("forward: {2x: x}\n", "2x", "'2x' is not a name", "letter"),
        ("forward: {наме: x}\n", "наме", "is not a name", "letter"),
        ("forward: {u: nom(x)}\n", "nom", "unknown function 'nom'", "norm"),
        ("forward: {u: 'nom(x)'}\n", "nom", "unknown function 'nom'", "norm"),
        ("forward:\n  u: >-\n    x +\n    nom(x)\n", "nom", "unknown function 'nom'", "norm"),
        ("forward:\n  L:\n    - sum(x)\n", "- sum(x)", "'forward' must be formulas", "u: W @ x"),
        ("forward: {u: true}\n", "true", "'forward' must be formulas", "u: W @ x"),
        ("forward: {u: 0x1F}\n", "x1F", "an operator is missing", "2 * x"),
        ("forward: {}\n", "{}", "holds no quantity", "u: W @ x"),
        ("forward:\n", "", "'forward' must be formulas", "u: W @ x"),
        ("title: a\n", "title: a", "'forward' is missing", "forward: {u"),
        ("forwrd: {u: x}\n", "forwrd", "unknown key 'forwrd'", "'forward'"),
        ("[1]\n", "[1]", "mapping", "forward"),
        ("", "", "the file is empty", "forward"),
        (NET + "title: 6\n", "6", "'title' must be text", "'Lab 6'"),
        (NET + "backward: {off: L}\n", "off", "unknown key 'off'", "'of'"),
        (NET + "backward: {zzz: L}\n", "zzz", "unknown key 'zzz'", "of, wrt"),
        (NET + "backward: [L]\n", "[L]", "'backward' must be a section", "of: L"),
        (NET + "backward: {of: x}\n", "x", "'x' is no forward quantity", "u, L"),
        (NET + "backward: {of: [L, x]}\n", "x", "'x' is no forward quantity", "u, L"),
        (NET + "backward: {of: [L, L]}\n", "L", "'L' is listed twice", "delete"),
        (NET + "backward: {of: []}\n", "[]", "'of' must be the name of a forward quantity", "of: L"),
        (NET + "backward: {of: [L, 2]}\n", "2", "'of' must be the name of a forward quantity", "of: L"),
        (NET + "backward: {wrt: W}\n", "W", "'wrt' must be a list of names", "[W, b]"),
        (NET + "backward: {wrt: [W, 3]}\n", "3", "'wrt' must be a list of names", "[W, b]"),
        (NET + "backward: {wrt: [W, V]}\n", "V", "'V' is no quantity or leaf", "W, x, b"),
        (NET + "backward: {wrt: [W, W]}\n", "W", "'W' is listed twice", "delete"),
        (NET + "data: [u]\n", "u", "'u' is no leaf", "W, x, b"),
        (NET + "given: {u: 1}\n", "u", "'u' is made by the formula on line 2", "one of the two"),
        (NET + "shapes: {u: [n]}\n", "u", "'u' is made by the formula on line 2", "one of the two"),
        (NET + "given: {x: 1, x: 2}\n", "x", "second time, after line 4", "rename"),
        (NET + "given: {W: [[1, 2], [3]]}\n", "[3]", "row 2 has 1 entry, row 1 has 2 entries", "same length"),
        (NET + "given: {W: [[1], 2]}\n", "2", "row 2 is no list", "same length"),
        (NET + "given: {W: [1, [2]]}\n", "[2]", "row 2 has 1 entry, row 1 is no list", "same length"),
        (NET + "given: {W: [[1], [[2]]]}\n", "[[2]]", "part 2 has the shape [1, 1]", "the same shape"),
        (NET + "given: {W: [[[1, 2]], [[3]]]}\n", "[[3]]", "part 2 has the shape [1, 1]", "the same shape"),
        (NET + "given: {W: [[[[[[1]]]]]]}\n", "[1]", "more than 5 axes", "list of rows"),
        (NET + "given: {W: []}\n", "[]", "empty array", "entries"),
        (NET + "given: {W: [[]]}\n", "[]", "empty array", "entries"),
        (NET + "given: {W: [1, u/2]}\n", "u/2", "a text", "1/3"),
        (NET + "given: {W: [1, nan]}\n", "nan", "a text", "0.5"),
        (NET + "given: {W: [1, true]}\n", "true", "not numbers", "1 or 0"),
        (NET + "given: {W: [1, null]}\n", "null", "missing", "0.5"),
        (NET + "given: {W: [1, .nan]}\n", ".nan", "not finite", "floats"),
        (NET + "given: {W: -.inf}\n", "-.inf", "not finite", "floats"),
        (NET + "given: {W: 1e999}\n", "1e999", "not finite", "floats"),
        (NET + "given: {W: 1" + "0" * 309 + "}\n", "1" + "0" * 309, "not finite", "floats"),
        (NET + "given: {W: {a: 1}}\n", "{a: 1}", "mapping", "0.5"),
        (NET + "given: [1]\n", "[1]", "'given' must be numbers", "x: [6, 3]"),
        (NET + "given: {a b: 1}\n", "a b", "not a name", "letter"),
        (NET + "shapes: {x: n}\n", "n", "'shapes' must be lists of sizes", "[m, 3]"),
        (NET + "shapes: {x: [0]}\n", "0", "size of 0", "1 to"),
        (NET + "shapes: {x: [1.5]}\n", "1.5", "'shapes'", "[m, 3]"),
        (NET + "shapes: {x: [1, 2, 3, 4, 5, 6]}\n", "[1, 2, 3, 4, 5, 6]", "6 sizes", "at most 5 axes"),
        (NET + "shapes: {x: [exp]}\n", "exp", "'exp' is a function", "another name"),
        (NET + "shapes: {x: [n-1]}\n", "n-1", "not a name", "letter"),
        (
            NET + "shapes: {x: [3]}\ngiven: {x: [1, 2]}\n",
            "[3]",
            "has the shape [2], not [3]",
            "mend the given",
        ),
        (NET + "shapes: {x: [2, 1]}\ngiven: {x: [1, 2]}\n", "[2, 1]", "not [2, 1]", "mend the given"),
        (NET + "shapes: {W: [n, n]}\ngiven: {W: [[1, 2]]}\n", "[n, n]", "not [n = 1, n = 1]", "mend"),
        (NET + "update: {rate: 1}\n", "update", "'parameters' is missing", "[W, b]"),
        (NET + "update: {rate: 1, parameters: []}\n", "[]", "'parameters' must be", "[W, b]"),
        (NET + "update: {rate: 1, parameters: [u]}\n", "u", "'u' is no leaf", "W, x, b"),
        (NET + "update: {rate: [1], parameters: [W]}\n", "[1]", "a number or the name of a given", "0.1"),
        (NET + "update: {rate: .inf, parameters: [W]}\n", ".inf", "a number or the name of a given", "0.1"),
        (NET + "update: {rate: true, parameters: [W]}\n", "true", "a number or the name of a given", "0.1"),
        (NET + "update: {rate: u, parameters: [W]}\n", "u", "'u' is a forward quantity", "given"),
        (NET + "update: {rate: b, parameters: [W]}\ngiven: {b: [1]}\n", "b", "'b' is an array", "one number"),
        (NET + "update: {rate: etaa, parameters: [W]}\ngiven: {eta: 1}\n", "etaa", "no given", "'eta'"),
        (NET + "update: {rate: r, parameters: [W]}\ngiven: {W: 1, x: 1, b: 1}\n", "r", "no given", "W, x, b"),
        (NET + "update: {rate: 1, parameters: [W], steps: 0}\n", "0", "'steps' must be", "steps: 3"),
        (NET + "update: {rate: 1, parameters: [W], steps: 1000001}\n", "1000001", "1,000,000", "steps: 3"),
        (NET + "update: {rate: 1, parameters: [W], steps: 2, show: [1, 3]}\n", "3", "step 3 of 2", "raise"),
        (NET + EACH % "[]", "[]", "'each' must be a list of data", "{x: 2}"),
        (NET + EACH % "[[1]]", "[1]", "'each' must be a list of data", "{x: 2}"),
        (NET + EACH % "[{x: [1]}, {W: 2}]", "W", "'W' is updated", "out of 'each'"),
        (NET + EACH % "[{eta: 2}]", "eta", "the rate 'eta' is the same", "delete"),
        (NET + EACH % "[{u: 2}]", "u", "'u' is no data of this problem", "x, b"),
        (NET + EACH % "[{x: [1]}, {x: 'a'}]", "a", "a text where a number is expected (in 'x')", "1/3"),
        (NET + EACH % "[{x: [1]}, {x: [1, 2]}]", "[1, 2]", "the shape [2], and elsewhere [1]", "one shape"),
        (
            NET + EACH % "[{b: [1]}]" + "given: {b: 1, eta: 1}\n",
            "[1]",
            "the shape [1], and elsewhere []",
            "given",
        ),
        (NET + EACH % "[{x: [1]}, {b: 2}]", "{x: [1]}", "'b' has no value in entry 1", "under 'given'"),
        (NET + EACH % "[{x: [1]}, {}]", "{}", "'x' has no value in entry 2", "under 'given'"),
        (NET + "assume: [sum(y) == 1]\n", "sum(y) == 1", "'y' is no quantity", "W, x, b"),
        (NET + "assume: [sum(x) > 1]\n", "sum(x) > 1", "one equation", "sum(y) == 1"),
        (NET + "assume: [sum(W, axis=1) == 1]\n", "(", "never closed", "quotes"),
        (NET + "write: {V: v}\n", "V", "'V' is no name", "W, x, b"),
        (NET + "write: {W: 3}\n", "3", "'write' must be LaTeX", "W_1"),
        (NET + "report: {digits: 99}\n", "99", "from 0 to 17", "digits: 3"),
        (NET + "report: {engine: xetex}\n", "xetex", "typst or pdflatex", "pdflatex"),
        (NET + "report: {styl: lab}\n", "styl", "unknown key 'styl'", "'style'"),
    ],
)
def test_faults_have_caret_and_mend(text, caret, message, hint):
    error = fault(text)
    assert message in error.message
    assert hint in error.hint
    assert pointed(error.place) == caret


def test_an_error_reads_as_a_whole():
    error = fault("forward:\r\n  u: W @ x\r\n  o: 'sofmax(u)'\r\n")
    assert str(error).splitlines() == [
        "p.yaml:3:7: error: unknown function 'sofmax'",
        "  |   o: 'sofmax(u)'",
        "  |       ^^^^^^",
        "  hint: did you mean 'softmax'?",
    ]


def test_too_many_quantities():
    lines = "\n".join(f"  a{i}: x" for i in range(2001))
    assert "2,001 forward quantities; the limit is 2,000" in fault(f"forward:\n{lines}\n").message


HOSTILE = {
    "bare leaves": "forward: {f: x}\ngiven: {" + ", ".join(f"aa{i}x: 1" for i in range(9_000)) + "}\n",
    "wrt": NET + f"backward: {{wrt: [{', '.join(f'w{i}' for i in range(20_000))}]}}\n",
    "types": NET + f"data: [{'1, ' * 50_000}]\n",
    "rows": NET + f"given: {{W: [{'[1], ' * 20_000}[1, 2]]}}\n",
    "nesting": NET + "given: {W: " + "[" * 5000 + "]" * 5000 + "}\n",
    "formula": "forward: {f: " + "(" * 5000 + "x" + ")" * 5000 + "}\n",
    "power": "forward: {f: 9**9**9}\n",
    "integer": NET + "given: {W: " + "9" * 500_000 + "}\n",
    "leaves": "forward:\n"
    + "".join(f"  f{i}: {' + '.join(f'v{i}q{j}' for j in range(60))}\n" for i in range(60))
    + "given: {v0: 1}\nbackward: {of: f}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_soon(text):
    start = time.process_time()
    with contextlib.suppress(InputError):
        read_problem(text)
    assert time.process_time() - start < 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LAB.splitlines()), max_size=12).map("\n".join))
def test_shuffled_lines_are_a_problem_or_an_input_error(text):
    with contextlib.suppress(InputError):
        problem = read_problem(text)
        assert problem.of in problem.formulas
        assert set(default_wrt(problem)) <= {*problem.formulas, *problem.leaves}


def test_no_name_of_a_problem_is_unaccounted_for():
    problem = read_problem(LAB)
    used = {name for _, parsed in problem.forward for name in names(parsed.formula)}
    assert used <= {*problem.formulas, *problem.leaves}

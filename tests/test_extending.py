"""One more operation, notation and optimiser, each a file in a folder: derived, written, read, told."""

import json
import sys

import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp
from msgspec.structs import replace
from tables import TABLES

import symgrad as sg
from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.maths.typst import typst
from symgrad.methods import METHODS
from symgrad.notation.formulas import to_maths
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.operations import OPERATIONS
from symgrad.tree import Gradient, Name, Op, Prod

OPERATION = '''
"""The inverse square root unit t / √(1 + t²)."""

import numpy as np
import sympy

from symgrad.operations.elementwise import chain, elementwise

ISRU = elementwise(
    "isru",
    "inverse square root unit",
    lambda t: t / sympy.sqrt(1 + t**2),
    lambda t: t / np.sqrt(1 + t**2),
    chain("the cube of one over the root"),
    layout="ISRU",
    code="{0} / np.sqrt(1 + {0} ** 2)",
    names=("InvRoot",),
)
'''
REDUCTION = '''
"""The root of the mean of the squares."""

import numpy as np
import sympy

from symgrad.operations.model import Operation
from symgrad.operations.reductions import by_columns, reduced_shape, split
from symgrad.operations.signature import REDUCED


def entry(scope, views, out, options):
    indices, gone = split(scope, views[0], out, options)
    count = sympy.Mul(*(scope.size(scope.dims[k]) for k in gone))
    return sympy.sqrt(scope.sum(views[0](*indices) ** 2, *gone) / count)


def value(space, x, axis=None, keepdims=False):
    count = np.size(x) if axis is None else x.shape[axis]
    return space.apply("sqrt", np.asarray(np.sum(x * x, axis=axis, keepdims=keepdims) / count))


RMS = Operation(
    "rms",
    "root mean square",
    "structured",
    entry,
    reduced_shape,
    value,
    "the derivative of a root of a mean of squares",
    call=REDUCED,
    layout="RMS",
    code="np.sqrt(np.mean({0} ** 2, axis={axis}, keepdims={keepdims}))",
    example=by_columns("rms"),
)
'''
PAIR = '''
"""The longest side √(a² + b²) of a right triangle."""

import numpy as np
import sympy

from symgrad.operations.elementwise import elementwise

HYPOT = elementwise(
    "hypot",
    "longest side",
    lambda a, b: sympy.sqrt(a**2 + b**2),
    np.hypot,
    "each side over the longest one",
    bounds=(0.3, 2.0),
)
'''
NOTATION = '''
"""dJ/dw = dJ/dc · dc/dw."""

from symgrad.maths.nodes import Fraction, Row, Symbol
from symgrad.notation.binding import Level, Written
from symgrad.notation.derivatives import Notation, no_marks, upstream_first


def total(of, wrt):
    sign = Symbol("d", "upright")
    return Written(Fraction(Row((sign, of)), Row((sign, wrt))), Level.PRODUCT)


LEIBNIZ = Notation("leibniz", total, total, upstream_first, no_marks)
'''
FILES = {"isru": OPERATION, "rms": REDUCTION, "hypot": PAIR}
GIVEN = {"W": [[0.5, -1.0], [0.25, 2.0], [1.5, 0.75]], "x": [1.0, 2.0], "c": [1.0, 3.0, -2.0]}
FORMULAS = {
    "sum(c * isru(z))": lambda z, c: anp.sum(c * z / anp.sqrt(1 + z**2)),
    "isru(dot(c, z))**2": lambda z, c: anp.dot(c, z) ** 2 / (1 + anp.dot(c, z) ** 2),
    "sum(c) * rms(z)": lambda z, c: anp.sum(c) * anp.sqrt(anp.mean(z**2)),
    "sum(c * hypot(z, c))": lambda z, c: anp.sum(c * anp.sqrt(z**2 + c**2)),
    "sum(c * isru(hypot(z, 2)))": lambda z, c: anp.sum(c * anp.sqrt((z**2 + 4) / (z**2 + 5))),
}
formulas = pytest.mark.parametrize("formula", FORMULAS)


def grown(table, folder, files):
    """A table with the files of another folder in it, and how it was before."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    before, path, modules = dict(table), list(table.path), {*sys.modules}
    table.add(folder)
    yield
    table.clear()
    table.update(before)
    table.path[:] = path
    for name in {*sys.modules}:
        if name.startswith(f"{table.package}.") and name not in modules:
            del sys.modules[name]


@pytest.fixture(autouse=True)
def _operations(tmp_path):
    yield from grown(OPERATIONS, tmp_path / "operations", FILES)


@pytest.fixture(autouse=True)
def _notation(tmp_path):
    yield from grown(NOTATIONS, tmp_path / "notations", {"leibniz": NOTATION})


METHOD = '''
"""AMSGrad: S. J. Reddi, S. Kale, S. Kumar, ICLR 2018, algorithm 2."""

from symgrad.methods.record import Method

AMSGRAD = Method(
    "amsgrad",
    "AMSGrad",
    {
        "m": "beta1 * m + (1 - beta1) * g",
        "v": "beta2 * v + (1 - beta2) * g**2",
        "vhat": "maximum(vhat, v)",
        "w": "w - rate * m / (sqrt(vhat) + eps)",
    },
    {"beta1": 0.9, "beta2": 0.5, "eps": 1e-8},
)
'''


@pytest.fixture(autouse=True)
def _method(tmp_path):
    yield from grown(METHODS, tmp_path / "methods", {"amsgrad": METHOD})


def test_an_optimiser_is_one_file(tmp_path):
    update = {"method": "amsgrad", "rate": 0.3, "parameters": ["w"], "steps": 8, "beta1": 0.8}
    problem = sg.problem({"L": "sum(w**2) / 2"}, given={"w": [3.0, -0.5]}, update=update)
    solution = sg.solve(problem)
    w, m, v, most = np.array([3.0, -0.5]), 0, 0, 0
    for entry in json.loads(solution.write(tmp_path / "a.json").read_text())["training"][:-1]:
        m, v = 0.8 * m + 0.2 * w, 0.5 * v + 0.5 * w**2
        most = np.maximum(most, v)
        w = w - 0.3 * m / (np.sqrt(most) + 1e-8)
        np.testing.assert_allclose(entry["updated"]["w"], w, rtol=1e-12)
        np.testing.assert_allclose(entry["state"]["vhat"]["w"], most, rtol=1e-12)
    assert np.any(most > v)
    report = solution.write(tmp_path / "a.md").read_text(encoding="utf-8")
    assert r"\hat{v} &\leftarrow \max(\hat{v}, v)" in report
    assert "`vhat = maximum(vhat, v)`" in TABLES["methods"]()


def problem_of(formula):
    return sg.problem({"z": "W @ x", "L": formula}, given=GIVEN, data=["x", "c"])


@formulas
def test_it_is_derived(formula):
    solution = sg.solve(problem_of(formula))
    x, c = np.array(GIVEN["x"]), np.array(GIVEN["c"])
    expected = grad(lambda weights: FORMULAS[formula](anp.dot(weights, x), c))(np.array(GIVEN["W"]))
    np.testing.assert_allclose(solution.gradients["W"].value, expected, rtol=1e-12)
    np.testing.assert_allclose(solution.numpy()(**GIVEN).gradients["W"], expected, rtol=1e-12)


@formulas
def test_it_is_printed_in_every_format(formula, tmp_path):
    solution = sg.solve(problem_of(formula))
    written = {
        kind: solution.write(tmp_path / f"one.{kind}", notation="leibniz").read_text(encoding="utf-8")
        for kind in ("tex", "md", "html", "json")
    }
    words = [OPERATIONS[name].word for name in FILES if f"{name}(" in formula]
    assert words
    assert [(kind, word) for kind, text in written.items() for word in words if word not in text] == []
    assert r"\frac{\mathrm{d} L}{\mathrm{d} \vec{z}}" in written["md"]
    steps = "".join(step["before"] + step["after"] for step in json.loads(written["json"])["steps"])
    assert r"\frac{\mathrm{d} L}{\mathrm{d} W}" in steps
    assert solution.write(tmp_path / "one.pdf", notation="leibniz").read_bytes().startswith(b"%PDF")


@formulas
def test_it_is_read_back_by_the_checker(formula, tmp_path):
    problem = problem_of(formula)
    for notation in ("leibniz", "prod"):
        text = sg.solve(problem).write(tmp_path / "one.md", notation=notation).read_text(encoding="utf-8")
        verdicts = [str(line.verdict) for line in check_text(text, problem).lines]
        assert len(verdicts) > 10
        assert set(verdicts) == {"correct"}


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial z} = c \odot \mathrm{InvRoot}'(z)", "correct"),
        (r"\frac{\partial L}{\partial z_1} = c_1 (1 + z_1^2)^{-3/2}", "correct"),
        (r"\frac{\partial L}{\partial z_1} = c_1 (1 + z_1^2)^{-1/2}", "wrong"),
        (r"\frac{\partial L}{\partial z} = c \odot \mathrm{ISRU}(z)", "wrong"),
    ],
)
def test_students_are_judged_by_its_own_slope(line, verdict):
    (judged,) = check_text(f"$${line}$$", problem_of("sum(c * isru(z))")).lines
    assert str(judged.verdict) == verdict


def test_a_sheet_with_it_is_a_problem(tmp_path):
    sheet = tmp_path / "sheet.md"
    sheet.write_text(
        "$$x = (1, 2)^T, \\quad w = (0.5, -1)^T$$\n\n$$z = w \\odot x$$\n\n"
        "$$h = \\operatorname{InvRoot}(z)$$\n\n$$L = \\sum_i h_i$$\n",
        encoding="utf-8",
    )
    found = sg.solve(sg.load(sheet)).gradients["w"].value
    np.testing.assert_allclose(found, np.array([1, 2]) * (1 + np.array([0.5, -2.0]) ** 2) ** -1.5, rtol=1e-12)


def test_its_name_is_taken():
    with pytest.raises(InputError, match="'isru' is a function"):
        sg.problem({"isru": "2 * x", "L": "isru**2"}, given={"x": 1})


def test_it_is_documented():
    told = TABLES["operations"]()
    assert "### `isru(x)`\n\nInverse square root unit; elementwise." in told
    assert "### `rms(x, axis=None, keepdims=False)`\n\nRoot mean square" in told
    assert "### `hypot(a, b)`" in told
    assert r"\frac{\mathrm{d} L}{\mathrm{d} W}" in TABLES["notations"]().split("### `leibniz`")[1]


def test_typst_writes_both():
    problem = problem_of("sum(c * isru(z))")
    graph = build_graph(problem)
    context = context_of(graph, problem, "leibniz", Digits())
    text = typst(to_maths(Prod(Gradient("L", "z"), graph.quantities["L"]), context))
    assert "ISRU" in text
    assert 'upright("d")' in text or "upright(d)" in text


def test_two_files_cannot_hold_one_name(tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    (again / "again.py").write_text(OPERATION, encoding="utf-8")
    with pytest.raises(ValueError, match="'isru' of again"):
        OPERATIONS.add(again)


def test_a_form_that_nobody_can_write_is_refused_by_name():
    OPERATIONS["isru"] = replace(OPERATIONS["isru"], layout="? a")
    with pytest.raises(sg.NotSupported, match=r"the form '\? a' of 'isru'"):
        to_maths(Op("isru", (Name("z"),)), context_of(build_graph(PLAIN), PLAIN, "prod", Digits()))


PLAIN = sg.problem({"L": "sum(z)"}, given={"z": [1.0]})

"""SymPy in and out of Python's API, held against its own derivatives and against NumPy."""

import numpy as np
import pytest
import sympy

import symgrad as sg
from symgrad.errors import InputError, NotSupported

w, x, y, b = sympy.symbols("w x y b", real=True)
GIVEN = {"w": 0.4, "x": -1.3, "y": 0.7, "b": 0.2}


@pytest.mark.parametrize(
    "expression",
    [
        (w * x + b - y) ** 2 / 2,
        y * sympy.log(1 + sympy.exp(-w * x - b)) + w**2 / 10,
        sympy.tanh(w * x) ** 3 - sympy.sqrt(y + w**2) * b,
        sympy.Max(0, w * x + b, y) * w,
        sympy.Abs(w - y) + sympy.pi * w + sympy.E * w**2,
        sympy.Piecewise((w**2, x > 0), (sympy.sin(w) / 3, True)) + b,
        sympy.cosh(w) / (1 + w) + sympy.atan(w) + sympy.erf(w),
    ],
)
def test_an_expression_has_its_own_gradient(expression):
    used = {symbol: GIVEN[symbol.name] for symbol in expression.free_symbols}
    given = {symbol.name: number for symbol, number in used.items()}
    solution = sg.solve(sg.problem({"L": expression}, given=given))
    assert np.isclose(solution.value("L"), float(expression.subs(used)), rtol=1e-12)
    assert np.isclose(solution.gradients["w"].value, float(sympy.diff(expression, w).subs(used)), rtol=1e-12)
    found = solution.gradients["w"].index_form.sympy.subs(used)
    assert np.isclose(float(found), float(sympy.diff(expression, w).subs(used)), rtol=1e-12)


@pytest.mark.parametrize("expression", [sympy.gamma(w), sympy.Integral(w, w), sympy.Symbol("w") > 0])
def test_what_has_no_spelling(expression):
    with pytest.raises(InputError):
        sg.problem({"L": expression})


def test_every_entry_of_a_net_has_the_value_of_the_gradient():
    """The sums and deltas are written out by SymPy, and the numbers put in entry by entry."""
    given = {
        "W": [[0.3, -0.2, 0.5], [0.1, 0.4, -0.6]],
        "x": [1.5, -2, 0.5],
        "V": [[1, -1], [0.5, 2]],
        "y": [1, 0],
    }
    forward = {"u": "W @ x", "h": "tanh(u)", "v": "V @ h", "L": "sum((v - y)**2) + sum(u)**2 + norm(W)**2"}
    solution = sg.solve(sg.problem(forward, data=["x", "y"], given=given))
    arrays = {**given, **{name: solution.value(name) for name in forward}}
    arrays |= {f"dL/d{name}": solution.gradients[name].value for name in solution.gradients}
    graph = solution._solution.graph
    sizes = {sympy.Symbol(str(dim), integer=True, positive=True): size for dim, size in graph.sizes.items()}
    for name in ("v", "V", "h", "u", "W"):
        gradient = solution.gradients[name]
        entry = gradient.index_form.sympy
        for where in np.ndindex(gradient.value.shape):
            letters = [sympy.Symbol(letter, integer=True, nonnegative=True) for letter in "ij"]
            here = entry.subs(sizes).subs(dict(zip(letters, where, strict=False))).doit()
            known = {part: float(np.asarray(arrays[str(part.base)])[tuple(map(int, part.indices))])
                     for part in here.atoms(sympy.Indexed)}  # fmt: skip
            assert np.isclose(float(here.subs(known)), gradient.value[where], rtol=1e-12), (name, where)


def test_functions_of_the_problem():
    functions = {"swish(t, a=2)": "t * sigmoid(a * t)", "f(t)": None}
    problem = sg.problem({"h": "swish(w)", "L": "h + f(w)"}, functions=functions)
    swish = w / (1 + sympy.exp(-2 * w))
    found = sg.solve(problem).gradients["w"].index_form.sympy
    unspecified = found.atoms(sympy.Subs, sympy.Derivative)
    assert unspecified == {sympy.diff(sympy.Function("f")(w), w)}
    assert sympy.simplify(found - unspecified.pop() - sympy.diff(swish, w)) == 0


def test_a_product_of_whole_arrays_is_refused():
    gradients = sg.solve(sg.problem({"L": "sum(W @ x)"}, shapes={"W": ["m", "n"]})).gradients
    with pytest.raises(NotSupported, match="index_form"):
        _ = gradients["x"].matrix_form.sympy
    assert str(gradients["x"].index_form.sympy).startswith("Sum(W[")

import pytest

from symgrad.maths.latex import latex
from symgrad.maths.naming import distinct_names
from symgrad.maths.nodes import Numeral
from symgrad.notation.context import Context
from symgrad.notation.derivatives import Roles
from symgrad.notation.formulas import to_maths
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.symbols import Naming
from symgrad.tree import Entry, Gradient, Name, Op, Partial, Prod

RANKS = {"J": 0, "s": 0, "h": 1, "v": 1, "W2": 2}
NAMING = Naming(distinct_names((id, rank, None) for id, rank in RANKS.items()), RANKS)
ROLES = Roles("J", parameters=("W2",), signals={"v": (Numeral("2"), None)})

WHOLE, WEIGHTS, LOCAL, OTHER = Gradient("J", "v"), Gradient("J", "W2"), Partial("v", "W2"), Gradient("s", "v")
LAST = Op("outer", (WHOLE, Name("h")))

VECTOR_FRACTION = r"\frac{\partial J}{\partial \vec{v}}"
LOCAL_FRACTION = r"\frac{\partial \vec{v}}{\partial W_2}"
OTHER_FRACTION = r"\frac{\partial s}{\partial \vec{v}}"

# The gradients by v and W2, the chain rule, an entry, a gradient as a factor, and one of another objective.
EXPECTED = {
    "prod": [
        VECTOR_FRACTION,
        r"\frac{\partial J}{\partial W_2}",
        rf"\operatorname{{prod}}\!\left({VECTOR_FRACTION}, {LOCAL_FRACTION}\right)",
        r"\frac{\partial J}{\partial v_k}",
        rf"{VECTOR_FRACTION} \, \vec{{h}}^{{\top}}",
        OTHER_FRACTION,
    ],
    "partial": [
        r"\partial_{\vec{v}} J",
        r"\partial_{W_2} J",
        r"\partial_{W_2} \vec{v} \cdot \partial_{\vec{v}} J",
        r"\partial_{v_k} J",
        r"(\partial_{\vec{v}} J) \vec{h}^{\top}",
        r"\partial_{\vec{v}} s",
    ],
    "bar": [
        r"\bar{v}",
        r"\bar{W}_2",
        rf"\bar{{v}} \cdot {LOCAL_FRACTION}",
        r"\bar{v}_k",
        r"\bar{v} \vec{h}^{\top}",
        OTHER_FRACTION,
    ],
    "delta": [
        r"\delta_2",
        r"\Delta W_2",
        rf"\delta_2 \cdot {LOCAL_FRACTION}",
        r"(\delta_2)_k",
        r"\delta_2 \vec{h}^{\top}",
        OTHER_FRACTION,
    ],
    "nabla": [
        r"\nabla_{\vec{v}} J",
        r"\nabla_{W_2} J",
        rf"\operatorname{{prod}}\!\left(\nabla_{{\vec{{v}}}} J, {LOCAL_FRACTION}\right)",
        r"\nabla_{v_k} J",
        r"(\nabla_{\vec{v}} J) \vec{h}^{\top}",
        r"\nabla_{\vec{v}} s",
    ],
}


def tex(formula, id):
    notation = NOTATIONS[id]
    return latex(to_maths(formula, Context(NAMING, notation, marks=notation.marks(ROLES, NAMING))))


@pytest.mark.parametrize("id", sorted(NOTATIONS))
def test_every_notation(id):
    formulas = (WHOLE, WEIGHTS, Prod(WHOLE, LOCAL), Entry(WHOLE, ("k",)), LAST, OTHER)
    assert [tex(formula, id) for formula in formulas] == EXPECTED[id]


@pytest.mark.parametrize("id", sorted(NOTATIONS))
def test_a_direct_derivative_has_a_mark_where_the_whole_one_is_another(id):
    """W2 moves v by its own formula and through h: what the formula alone does is not ∂v/∂W2."""
    context = Context(NAMING, NOTATIONS[id], direct={LOCAL: None})
    marked = latex(to_maths(LOCAL, context))
    expected = r"\partial_{W_2}^+ \vec{v}" if id == "partial" else r"\frac{\partial^+ \vec{v}}{\partial W_2}"
    assert marked == expected != tex(LOCAL, id)
    assert "^+" in latex(to_maths(Entry(LOCAL, ("k", "i", "j")), context))
    assert "^+" in latex(to_maths(Prod(WHOLE, LOCAL), context))


def test_the_objective_is_derived_by_a_term_of_its_own_or_by_its_mark():
    seed = Prod(Gradient("J", "J"), Partial("J", "h"))
    term = Op("sum", (Name("h"),))
    for direct, expected in (
        (term, r"\frac{\partial\left(\sum \vec{h}\right)}{\partial \vec{h}}"),
        (None, r"\frac{\partial^+ J}{\partial \vec{h}}"),
    ):
        context = Context(NAMING, NOTATIONS["prod"], direct={seed.local: direct})
        assert latex(to_maths(seed, context)) == expected


def test_a_name_with_a_sign_in_it_stands_in_brackets_behind_a_derivative():
    naming = Naming(
        distinct_names([("J", 0, None), ("w", 0, "a+b"), ("s", 0, r"\sigma^2")]), RANKS | {"w": 0}
    )
    for id, expected in (("prod", r"\frac{\partial J}{\partial(a + b)}"), ("nabla", r"\nabla_{(a + b)} J")):
        assert latex(to_maths(Gradient("J", "w"), Context(naming, NOTATIONS[id]))) == expected
    squared = latex(to_maths(Gradient("J", "s"), Context(naming, NOTATIONS["prod"])))
    assert squared == r"\frac{\partial J}{\partial \sigma^2}"


def test_an_update_keeps_its_brackets():
    assert tex(Op("transpose", (WEIGHTS,)), "delta") == r"(\Delta W_2)^{\top}"
    assert tex(Op("transpose", (WHOLE,)), "nabla") == r"(\nabla_{\vec{v}} J)^{\top}"


def test_entries_of_a_jacobian():
    jacobian = Entry(Partial("v", "h"), ("i", "j"))
    assert tex(jacobian, "prod") == r"\frac{\partial v_i}{\partial h_j}"
    assert tex(jacobian, "partial") == r"\partial_{h_j} v_i"
    assert tex(Entry(Partial("s", "h"), ("j",)), "prod") == r"\frac{\partial s}{\partial h_j}"

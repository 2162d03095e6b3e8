"""The index calculus: one normal form however an expression is written, and no index ever caught."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from entries import poly_array
from hypothesis import given, settings
from hypothesis import strategies as st
from support import assert_close

from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Cell,
    Count,
    Group,
    Index,
    Kron,
    Poly,
    Term,
    add,
    atom,
    cell,
    collect,
    constant,
    free_indices,
    kron,
    map_atoms,
    multiply,
    normalise,
    power,
    rename,
    scale,
    total,
)
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.matching import match
from symgrad.calculus.rational import cancel
from symgrad.calculus.spelling import Letters, spell
from symgrad.graph import Graph
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.tree import Entry, Name

SIZES = {"n": 2, "m": 3}
SHAPES = {
    "A": ("m", "n"),
    "B": ("n", "m"),
    "C": ("n", "n"),
    "D": ("m", "m"),
    "u": ("n",),
    "v": ("n",),
    "w": ("m",),
    "s": (),
}
LETTERS = tuple(Index(name, dim) for name, dim in zip("ijkabc", "nnnmmm", strict=True))
IN, JN, KN, AM, BM, CM = LETTERS  # the letter, and what it runs over
FREE = (IN, AM)
GRAPH = Graph({}, SHAPES, SIZES, "s", (), ())


def positive(name, shape):
    """Positive numbers, so that every power and logarithm is real."""
    numbers = np.random.default_rng(ord(name))
    return EXACT.array(numbers.uniform(0.5, 1.5, tuple(SIZES[dim] for dim in shape)))


VALUES = Values({Name(name): positive(name, shape) for name, shape in SHAPES.items()}, SIZES, EXACT)


@pytest.fixture(autouse=True)
def _fifty_digits():
    with mpmath.workdps(DIGITS):
        yield


def x(name, *indices):
    return cell(Name(name), *indices)


# --- random expressions ---------------------------------------------------------------------------


def cells(letters):
    """Entries of arrays at some of these letters, with dimensions that fit."""
    fitting = st.sampled_from(sorted(SHAPES)).flatmap(
        lambda name: st.tuples(
            st.just(name), *(st.sampled_from([i for i in letters if i.dim == dim]) for dim in SHAPES[name])
        )
    )
    return fitting.map(lambda chosen: Cell(Name(chosen[0]), chosen[1:]))


def deltas(letters):
    same = [kron(i, j) for i in letters for j in letters if i.dim == j.dim]
    return st.sampled_from(same)


@st.composite
def groups(draw, letters):
    """1 + Σ_k of a product, under a power or a logarithm: a sum that cannot be multiplied out."""
    inner = draw(st.lists(cells(letters), min_size=1, max_size=2))
    bound = draw(st.sampled_from([(), (JN,), (CM,), (JN, CM)]))
    poly = collect([Term(Fraction(1), tuple((single, Fraction(1)) for single in inner), bound)])
    other = collect([Term(Fraction(1), ((draw(cells(letters)), Fraction(1)),))])
    whole = add(constant(1), poly, other)
    return draw(st.sampled_from([Group(whole), Apply("exp", (other,)), Apply("log", (whole,))]))


def atoms(letters):
    return st.one_of(cells(letters), cells(letters), deltas(letters), groups(letters), st.just(Count("n")))


@st.composite
def terms(draw):
    """A raw term over the free letters i, a and some bound ones."""
    bound = draw(st.lists(st.sampled_from([JN, KN, BM, CM]), unique=True, max_size=3))
    usable = (*FREE, *bound)
    factors = draw(st.lists(st.tuples(atoms(usable), st.sampled_from([1, 1, 1, 2, -1])), max_size=4))
    coefficient = draw(
        st.sampled_from([Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-3, 2)])
    )
    powers = ((single, Fraction(1) if isinstance(single, Kron) else Fraction(e)) for single, e in factors)
    return Term(coefficient, tuple(powers), tuple(bound))


expressions = st.lists(terms(), min_size=1, max_size=3)
some = settings(max_examples=40, deadline=None)


def raw(written):
    """The terms as they were written, not in normal form."""
    return Poly(tuple(written))


def entries(poly):
    return poly_array(poly, FREE, VALUES)


@some
@given(expressions)
def test_the_normal_form_has_the_same_value(written):
    assert_close(entries(collect(written)), entries(raw(written)), 35)


@some
@given(expressions, st.randoms(use_true_random=False))
def test_confluence(written, random):
    """Terms shuffled, factors permuted, dummies renamed and listed in another order: one normal form."""
    expected = collect(written)
    random.shuffle(written)
    assert collect(_rewritten(term, random) for term in written) == expected


def _rewritten(term, random):
    fresh_names = random.sample(["z", "_1", "_2", "q", "aa", "_9"], len(term.bound))
    mapping = {old: Index(name, old.dim) for old, name in zip(term.bound, fresh_names, strict=True)}
    factors = [(_renamed(single, mapping), power) for single, power in term.factors]
    bound = list(mapping.values())
    random.shuffle(factors)
    random.shuffle(bound)
    return Term(term.coefficient, tuple(factors), tuple(bound))


def _renamed(single, mapping):
    match single:
        case Cell(base, indices):
            return Cell(base, tuple(mapping.get(i, i) for i in indices))
        case Kron(left, right):
            return kron(mapping.get(left, left), mapping.get(right, right))
        case Group(poly):
            return Group(rename(poly, mapping))
        case Apply(function, args, options):
            return Apply(function, tuple(rename(arg, mapping) for arg in args), options)
    return single


@some
@given(expressions)
def test_the_normal_form_is_normal(written):
    poly = collect(written)
    assert collect(poly.terms) == poly
    assert all(normalise(term) == (term,) for term in poly.terms)


@some
@given(expressions, expressions)
def test_sums_and_products_have_the_values_they_should(left, right):
    a, b = collect(left), collect(right)
    assert_close(entries(add(a, b)), entries(a) + entries(b), 35)
    assert_close(entries(multiply(a, b)), entries(a) * entries(b), 35)
    assert_close(entries(scale(a, Fraction(-2, 3))), entries(a) * -2 / mpmath.mpf(3), 35)


@some
@given(expressions)
def test_an_expression_minus_itself_is_nothing(written):
    poly = collect(written)
    assert add(poly, scale(poly, -1)) == Poly()


@some
@given(expressions)
def test_nested_sums_with_clashing_names(written):
    """A sum put in for an entry of another sum keeps its dummies to itself."""
    inner = collect(written)

    def put_in(single):
        match single:
            case Cell(Name("u"), (index,)):
                return total(rename(inner, {IN: index, AM: CM}), CM)
        return atom(single)

    outer = total(multiply(x("u", JN), x("C", IN, JN), x("w", AM)), JN)
    values = Values({**VALUES.names, Name("u"): entries(inner).sum(axis=1)}, SIZES, EXACT)
    assert_close(entries(map_atoms(outer, put_in)), poly_array(outer, FREE, values), 30)


@some
@given(expressions)
def test_renaming_free_indices_catches_no_dummy(written):
    poly = collect(written)
    turned = rename(poly, {IN: Index("_1", "n"), AM: Index("_2", "m")})
    assert_close(poly_array(turned, (Index("_1", "n"), Index("_2", "m")), VALUES), entries(poly), 35)
    assert rename(turned, {Index("_1", "n"): IN, Index("_2", "m"): AM}) == poly


@some
@given(expressions)
def test_swapping_two_indices_is_simultaneous(written):
    product_ = multiply(collect(written), x("v", KN))
    swapped = rename(product_, {IN: KN, KN: IN})
    assert_close(poly_array(swapped, (KN, AM, IN), VALUES), poly_array(product_, (IN, AM, KN), VALUES), 35)


# --- matrix form ----------------------------------------------------------------------------------


@some
@given(expressions)
def test_the_matrix_form_drops_nothing(written):
    poly = collect(written)
    formula = match(poly, FREE)
    if formula is not None:
        found = np.broadcast_to(evaluate(formula, VALUES), (SIZES["n"], SIZES["m"]))
        assert_close(found, entries(poly), 35, str(formula))


@some
@given(expressions)
def test_the_matrix_form_says_the_same_for_all_sizes(written):
    poly = collect(written)
    formula = match(poly, FREE)
    if formula is not None:
        difference = add(lower(formula, FREE, GRAPH.shape), scale(expand(poly, GRAPH.shape), -1))
        assert cancel(difference) == Poly()


@some
@given(expressions)
def test_the_index_form_is_read_as_it_was_meant(written):
    poly = collect(written)
    letters = Letters(*FREE)
    ranges = {letters(index): SIZES[index.dim] for index in FREE}
    found = evaluate_entries(spell(poly, letters), tuple(ranges), VALUES, ranges)
    assert_close(found, entries(poly), 35)


MATRIX_FORMS = [
    (total(multiply(x("A", AM, JN), x("u", JN)), JN), (AM,), "A @ u"),
    (total(multiply(x("A", CM, IN), x("w", CM)), CM), (IN,), "A.T @ w"),
    (multiply(x("u", IN), x("w", AM)), (IN, AM), "outer(u, w)"),
    (multiply(x("u", IN), x("v", IN)), (IN,), "u * v"),
    (total(multiply(x("u", IN), x("v", IN)), IN), (), "dot(u, v)"),
    (total(multiply(x("A", AM, JN), x("B", JN, CM)), JN), (AM, CM), "A @ B"),
    (multiply(x("u", IN), atom(kron(IN, JN))), (IN, JN), "diag(u)"),
]


@pytest.mark.parametrize(("poly", "free", "written"), MATRIX_FORMS, ids=[row[2] for row in MATRIX_FORMS])
def test_matrix_forms_a_person_would_write(poly, free, written, parsed):
    assert match(poly, free) == parsed(written)


# --- deltas -----------------------------------------------------------------------------------------


def test_a_delta_picks_one_entry():
    assert total(multiply(atom(kron(IN, JN)), x("u", JN)), JN) == x("u", IN)


def test_a_delta_of_an_index_with_itself_is_one():
    assert multiply(atom(kron(IN, IN)), x("u", IN)) == x("u", IN)


def test_a_delta_is_its_own_square():
    assert multiply(atom(kron(IN, JN)), atom(kron(JN, IN))) == atom(kron(IN, JN))


def test_a_summed_delta_counts():
    assert total(atom(kron(IN, JN)), IN, JN) == atom(Count("n"))
    assert total(atom(kron(IN, JN)), JN) == constant(1)


def test_a_chain_of_deltas_collapses():
    chain = multiply(atom(kron(IN, JN)), atom(kron(JN, KN)), x("u", KN))
    assert total(chain, JN, KN) == x("u", IN)


@pytest.mark.parametrize("order", [(JN, KN), (KN, JN)])
def test_the_order_of_summing_does_not_matter(order):
    body = multiply(atom(kron(JN, KN)), x("C", JN, KN), x("u", IN))
    assert total(body, *order) == multiply(x("u", IN), total(x("C", JN, JN), JN))


def test_a_sum_over_nothing_counts():
    assert total(x("u", IN), CM) == multiply(atom(Count("m")), x("u", IN))


def test_a_delta_under_a_power_of_a_group_is_renamed_too():
    group = power(add(x("u", JN), x("v", JN)), -1)
    assert total(multiply(atom(kron(IN, JN)), group), JN) == power(add(x("u", IN), x("v", IN)), -1)


# --- powers and functions --------------------------------------------------------------------------------


def test_a_sum_and_its_reciprocal_cancel():
    both = add(x("u", IN), x("v", IN))
    assert cancel(multiply(power(both, -1), power(both, 2))) == both
    assert multiply(power(both, Fraction(-1, 2)), power(both, Fraction(3, 2))) == both


def test_a_product_of_sums_keeps_its_dummies_apart():
    one = total(x("u", JN), JN)
    assert multiply(one, one) == total(multiply(x("u", JN), x("u", KN)), JN, KN)
    assert multiply(one, one) != total(power(x("u", JN), 2), JN)


@pytest.mark.parametrize(
    "exponent", [Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3), Fraction(3, 2), -1, -2, 3]
)
def test_powers_of_negative_numbers_stay_real_functions(exponent):
    """(u²)^(1/2) is |u|, not u: a power that is not whole is never merged into an even one."""
    negative = Values({Name("u"): EXACT.array([-2, 3])}, SIZES, EXACT)
    squared = power(power(x("u", IN), 2), exponent)
    expected = EXACT.array(
        [
            mpmath.mpf(4) ** (mpmath.mpf(Fraction(exponent).numerator) / Fraction(exponent).denominator),
            mpmath.mpf(9) ** (mpmath.mpf(Fraction(exponent).numerator) / Fraction(exponent).denominator),
        ]
    )
    assert_close(poly_array(squared, (IN,), negative), expected, 40)


def test_the_logarithm_of_a_square_stays():
    negative = Values({Name("u"): EXACT.array([-2, 3])}, SIZES, EXACT)
    found = poly_array(apply("log", power(x("u", IN), 2)), (IN,), negative)
    assert_close(found, [mpmath.log(4), mpmath.log(9)], 40)


def test_the_logarithm_of_an_exponential_is_its_argument():
    assert apply("log", apply("exp", x("u", IN))) == x("u", IN)
    assert apply("exp", apply("log", x("u", IN))) == x("u", IN)


def test_free_indices_are_those_not_summed():
    assert free_indices(total(multiply(x("A", AM, JN), x("u", JN)), JN)) == {AM}


def test_an_entry_is_at_its_numbers_and_at_what_its_letters_stand_for():
    array = np.arange(6.0).reshape(2, 3)
    values = Values({Name("A"): array, Name("r"): array[:, :1]}, {})
    assert evaluate(Entry(Name("A"), (1, "j")), values, {"j": 2}) == array[1, 2]
    assert evaluate(Entry(Name("A"), ("i", 0)), values, {"i": 1}) == array[1, 0]
    assert evaluate(Entry(Name("r"), ("i", "j")), values, {"i": 1, "j": 2}) == array[1, 0]  # spread along j

from fractions import Fraction

import numpy as np
import pytest

from symgrad.maths.latex import latex
from symgrad.maths.nodes import Matrix, Numeral
from symgrad.notation.numerals import Digits, array, constant, is_exact, numeral

LAB, PRACTICAL = Digits(), Digits(6, "significant")


def rows(values, digits=LAB, **options):
    return [
        [latex(cell) for cell in row] for row in array(np.array(values, dtype=float), digits, **options).rows
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.52, "0.52"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (228.9261, "228.926"),
        (0.1403, "0.140"),
        (-0.1634, "-0.163"),
        (0.99999, "1.000"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.0006, "0.001"),
        (0.00042, r"4.2 \cdot 10^{-4}"),
        (-0.000420049, r"-4.200 \cdot 10^{-4}"),
        (999999.9999, r"1.000 \cdot 10^6"),
        (999999.0, "999999"),
        (2.5e7, r"2.5 \cdot 10^7"),
        (float("nan"), r"\mathrm{NaN}"),
        (float("-inf"), r"-\infty"),
    ],
)
def test_decimals(value, expected):
    assert latex(numeral(value, LAB)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.46030199, "0.460302"),
        (1.05370001, "1.0537"),
        (1234567.0, r"1.23457 \cdot 10^6"),
        (0.0000123, r"1.23 \cdot 10^{-5}"),
        (-0.0, "0"),
        (2.0000003, "2.00000"),
        (-1999999.6e-6, "-2.00000"),
        (123456.2, "123456"),
    ],
)
def test_significant_digits(value, expected):
    assert latex(numeral(value, PRACTICAL)) == expected


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.52, True),
        (0.1 + 0.2, True),
        (0.1403, False),
        (1 / 3, False),
        (0.00042, True),
        (0.0004213999, False),
    ],
)
def test_exactness_of_what_is_printed(value, exact):
    assert is_exact(value, LAB) is exact


def test_exactness_of_an_array_is_that_of_every_entry():
    assert is_exact(np.array([[0.5, 2.0]]), LAB)
    assert not is_exact(np.array([[0.5, 2.0001]]), LAB)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2", "2"),
        ("-3", "-3"),
        ("1/2", r"\tfrac{1}{2}"),
        ("-3/4", r"-\tfrac{3}{4}"),
        ("1/3", r"\tfrac{1}{3}"),
        ("0.05", "0.05"),
        ("12.5", "12.5"),
        ("-0.1", "-0.1"),
        ("0.044715", "0.044715"),
        ("1e-8", r"1 \cdot 10^{-8}"),
        ("0", "0"),
        ("100", "100"),
        ("3e12", r"3 \cdot 10^{12}"),
    ],
)
def test_constants_are_exact(value, expected):
    assert latex(constant(Fraction(value))) == expected


def test_a_scalar_array_is_a_numeral():
    assert array(np.array(0.5), LAB) == Numeral("0.5")


def test_a_vector_is_a_column_unless_a_row_is_asked():
    assert rows([6, 3]) == [["6"], ["3"]]
    assert rows([6, 3], row=True) == [["6", "3"]]


def test_entries_read_alike_where_one_is_rounded():
    assert rows([[0.5, 0.25]]) == [["0.5", "0.25"]]
    assert rows([[0.5, 0.12345, 0, 2]]) == [["0.500", "0.123", "0", "2"]]
    assert rows([[0.99999, 0.00001234]]) == [["1.000", r"1.234 \cdot 10^{-5}"]]


def test_large_arrays_are_elided():
    shown = rows(np.arange(90).reshape(9, 10))
    assert shown[0] == ["0", "1", "2", r"\cdots", "9"]
    assert shown[3] == [r"\vdots"] * 3 + [r"\ddots", r"\vdots"]
    assert shown[4] == ["80", "81", "82", r"\cdots", "89"]
    assert len(rows(np.arange(8))) == 8
    assert [cell for (cell,) in rows(np.arange(9))] == ["0", "1", "2", r"\vdots", "8"]
    assert isinstance(array(np.arange(9.0), LAB, limit=9), Matrix)


def test_more_axes_are_matrices_with_their_index():
    value = np.arange(8.0).reshape(2, 2, 2)
    assert latex(array(value, LAB)).count("_{1, :, :}") == latex(array(value, LAB)).count("_{2, :, :}") == 1
    assert latex(array(np.zeros((2, 3, 1, 2)), LAB)).count("_{2, 3, :, :}") == 1


def test_many_matrices_are_elided_like_rows():
    found = latex(array(np.zeros((6, 5, 2, 2)), LAB))
    shown = [f"_{{{n}, {m}, :, :}}" in found for n, m in ((1, 1), (3, 3), (4, 1), (1, 4), (6, 5))]
    assert shown == [True, True, False, False, True]
    assert "\\vdots" in found
    assert "\\cdots" in found

import pytest

from symgrad.errors import Place
from symgrad.reading.formula import parse_formula


@pytest.fixture
def parsed():
    """The formula that a text of the formula language writes."""
    return lambda text: parse_formula(text, Place("test", 1, 1, text)).formula

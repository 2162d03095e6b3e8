import gc
import os

import pytest

from symgrad.errors import Place
from symgrad.reading.formula import parse_formula

os.environ["SYMGRAD_STRICT"] = "1"  # a fault of the checker fails the test, and is no unchecked line


@pytest.fixture
def parsed():
    """The formula that a text of the formula language writes."""
    return lambda text: parse_formula(text, Place("test", 1, 1, text)).formula


@pytest.fixture(autouse=True)
def thawed():
    """What a command froze in this process is seen again: Hypothesis looks who holds its random numbers."""
    yield
    gc.unfreeze()

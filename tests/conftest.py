import gc
import os
from collections import defaultdict

import pytest
from slow import CASE_BY_CASE, EVERY_ONE, IN_CI, NEVER_QUICK, SHARE, SLOW

from symgrad.errors import Place
from symgrad.reading.formula import parse_formula

os.environ["SYMGRAD_STRICT"] = "1"  # a fault of the checker fails the test, and is no unchecked line
gc.set_threshold(50_000, 20, 50)  # what a thousand tests have left is not gone through so often


@pytest.fixture
def parsed():
    """The formula that a text of the formula language writes."""
    return lambda text: parse_formula(text, Place("test", 1, 1, text)).formula


@pytest.fixture(scope="module")
def firefox():
    """A window of Firefox, for all tests of a file."""
    from firefox import Firefox  # noqa: PLC0415 (few tests need it)

    found = Firefox()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def thawed():
    """What a command froze in this process is seen again: Hypothesis looks who holds its random numbers."""
    yield
    gc.unfreeze()


def case_of(item):
    """A case's name up to its colon, so that the lines of a sheet (``sheet:8``) are one; "" without cases."""
    return item.callspec.id.partition(":")[0] if hasattr(item, "callspec") else ""


def run_of(number, file):
    """In which run a case of a slow test stands, by its number among them."""
    if number % SHARE == 0 and file not in NEVER_QUICK:
        return "quick"
    return "slow" if number % IN_CI == 1 or file in EVERY_ONE else "nightly"


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Mark what `SLOW` names by the run in which it stands."""
    cases = defaultdict(dict)
    for item in items:
        file, test = item.path.stem, item.originalname
        if test in SLOW.get(file, ()) and not item.get_closest_marker("nightly"):
            known = cases[file]
            case = case_of(item) if file in CASE_BY_CASE else item.nodeid
            item.add_marker(run_of(known.setdefault(case, len(known)), file) if case_of(item) else "slow")
    places = {}
    by_case = {item: case_of(item) if item.path.stem in CASE_BY_CASE else "" for item in items}
    items.sort(key=lambda item: places.setdefault((item.path, by_case[item]), len(places)))

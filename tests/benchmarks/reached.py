"""A plugin for pytest in mutated copies: which test reaches which mutant, and the chosen tests in order.

``MUTANTS_HITS`` is a file to which lines of JSON are appended: ``[number, test]`` when a probe is reached
(by the test's own process or one that it starts; "" while files are imported), ``[test, seconds, passed]``
behind each test. ``MUTANTS_ORDER`` is a JSON file ``{test: seconds}``: only these run, in this order, each
told as ``[test]`` when it begins, and one that takes far longer than before ends the process.
"""

import faulthandler
import json
import os
import time
from pathlib import Path

import pytest

HITS, ORDER = os.environ.get("MUTANTS_HITS", ""), os.environ.get("MUTANTS_ORDER", "")
_seen: set[int] = set()


def _tell(*row):
    with open(HITS, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def hit(number):
    """The place of a mutant is reached."""
    if number not in _seen:
        _seen.add(number)
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
        _tell(number, test)


def pytest_collection_modifyitems(config, items):
    if ORDER:
        rank = {test: place for place, test in enumerate(_tests())}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in rank])
        items[:] = sorted((i for i in items if i.nodeid in rank), key=lambda i: rank[i.nodeid])


def _tests():
    return json.loads(Path(ORDER).read_text("utf-8"))


def pytest_configure(config):
    config.limits = _tests() if ORDER else {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    _seen.clear()
    start = time.perf_counter()
    if ORDER:
        _tell(item.nodeid)
        faulthandler.dump_traceback_later(30 + 8 * item.config.limits[item.nodeid], exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
    if HITS and not ORDER:
        _tell(item.nodeid, time.perf_counter() - start, not getattr(item, "failed", False))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    item.failed = getattr(item, "failed", False) or outcome.get_result().failed

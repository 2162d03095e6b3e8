"""JUnit's XML: a suite a student, a case a quantity.

What is to be looked at is skipped, and an error where it could not be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import repeat
from xml.sax.saxutils import escape, quoteattr

from symgrad.grading.exports.summary import Part, Summary

COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
"""What may become of a case, and how a suite counts it."""
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(summaries: Iterable[Summary]) -> bytes:
    """The file of a class."""
    suites = "".join(map(_suite, summaries))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}</testsuites>\n'.encode()


def _suite(summary: Summary) -> str:
    kinds = [_kind(summary, part) for part in summary.parts]
    cases = map(_case, repeat(summary), summary.parts, kinds)
    counts = (f'{name}="{kinds.count(kind)}"' for kind, name in COUNTED.items())
    head = " ".join((f'tests="{len(kinds)}"', *counts))
    return f"<testsuite name={_xml(summary.who)} {head}>\n{''.join(cases)}</testsuite>\n"


def _kind(summary: Summary, part: Part) -> str:
    """What becomes of a case; nothing of one with all points."""
    if summary.look:
        return "error" if summary.failed else "skipped"
    return "" if part.full else "failure"


def _case(summary: Summary, part: Part, kind: str) -> str:
    said = summary.look or part.line
    inner = f"<{kind} message={_xml(said)}>{escape(_UNFIT.sub('', said))}</{kind}>" if kind else ""
    return f"<testcase classname={_xml(summary.who)} name={_xml(part.name)}>{inner}</testcase>\n"


def _xml(text: str) -> str:
    return quoteattr(_UNFIT.sub("", text))

"""JUnit's XML: a suite a student, a case a quantity; what is to be looked at is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from symgrad.grading.exports.summary import Part, Summary

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(summaries: Iterable[Summary]) -> bytes:
    """The file of a class."""
    suites = "".join(map(_suite, summaries))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}</testsuites>\n'.encode()


def _suite(summary: Summary) -> str:
    failures = 0 if summary.look else sum(not part.full for part in summary.parts)
    skipped = len(summary.parts) if summary.look else 0
    cases = "".join(_case(summary, part) for part in summary.parts)
    head = f'tests="{len(summary.parts)}" failures="{failures}" errors="0" skipped="{skipped}"'
    return f"<testsuite name={_xml(summary.who)} {head}>\n{cases}</testsuite>\n"


def _case(summary: Summary, part: Part) -> str:
    inner = ""
    if summary.look:
        inner = f"<skipped message={_xml(summary.look)}/>"
    elif not part.full:
        inner = f"<failure message={_xml(part.line)}>{escape(_UNFIT.sub('', part.line))}</failure>"
    return f"<testcase classname={_xml(summary.who)} name={_xml(part.name)}>{inner}</testcase>\n"


def _xml(text: str) -> str:
    return quoteattr(_UNFIT.sub("", text))

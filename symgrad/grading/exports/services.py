"""What the services that run a grader for every submission read: one file of JSON, each in its own words.

A summary that somebody has to look at is no 0 in any of them, as far as the format allows: Gradescope hides
its points, PrairieLearn takes no attempt, Submitty warns where there are points so far and else says that it
could not be validated, GitHub Classroom says that there was an error.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from symgrad.errors import InputError
from symgrad.grading.exports.summary import Summary

MOST_BYTES = 1_000_000
"""Of PrairieLearn's results."""


def gradescope(summary: Summary) -> bytes:
    """``/autograder/results/results.json``: a test a quantity; hidden where the points are not final."""
    tests = [
        {
            "name": part.name,
            "number": str(number),
            "score": part.earned,
            "max_score": part.points,
            "status": "passed" if part.full else "failed",
            "output": part.said,
            "output_format": "text",
        }
        for number, part in enumerate(summary.parts, 1)
    ]
    said = {
        "score": summary.earned,
        "execution_time": summary.seconds,
        "output": summary.said,
        "output_format": "text",
        "visibility": "hidden" if summary.look else "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"look": summary.look},
        "tests": tests,
    }
    return _json(said)


def prairielearn(summary: Summary) -> bytes:
    """``/grade/results/results.json``; what is to be looked at cannot be graded, and costs no attempt."""
    if summary.look:
        return _json({"gradable": False, "message": summary.said, "format_errors": [summary.look]})
    tests = [
        {"name": part.name, "points": part.earned, "max_points": part.points, "message": part.said}
        for part in summary.parts
    ]
    return _json({"gradable": True, "score": summary.share, "message": summary.said, "tests": tests})


def submitty(summary: Summary) -> bytes:
    """``validation_results.json``; without a point, or where symgrad failed, there is no score to look at."""
    if summary.look and (summary.failed or not summary.earned):
        return _json({"status": "failure", "message": summary.said})
    said = [{"message": summary.said, "status": "warning" if summary.look else "information"}]
    parts = [
        {"message": part.line, "status": "success" if part.full else "failure"}
        for part in (() if summary.look else summary.parts)
    ]
    return _json({"status": "success", "data": {"score": summary.share, "message": [*said, *parts]}})


def github_classroom(summary: Summary) -> bytes:
    """A step's output ``result``, for ``autograding-grading-reporter``: a test a quantity.

    Its log counts tests passed, its notice points: they agree where every quantity is worth the same, and
    none is earned in part.
    """
    states = {True: "pass", False: "fail"}
    tests = [
        {
            "name": part.name,
            "status": "error" if summary.look else states[part.full],
            "score": part.earned,
            "message": summary.look or part.said,
            "test_code": "",
            "line_no": 0,
        }
        for part in summary.parts
    ]
    status = "error" if summary.look else states[all(part.full for part in summary.parts)]
    said = {"status": status, "max_score": summary.points, "tests": tests}
    return b"result=" + b64encode(msgspec.json.encode(said)) + b"\n"


def _json(said: Mapping[str, Any]) -> bytes:
    content = msgspec.json.format(msgspec.json.encode(said)) + b"\n"
    if len(content) > MOST_BYTES:
        raise InputError(f"these results have more than {MOST_BYTES:,} bytes", hint="make the rubric shorter")
    return content


SERVICES: Mapping[str, Callable[[Summary], bytes]] = {
    "gradescope": gradescope,
    "prairielearn": prairielearn,
    "submitty": submitty,
    "github-classroom": github_classroom,
}
"""By the name in ``autograde --to``."""

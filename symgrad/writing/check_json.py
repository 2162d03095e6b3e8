"""A check for other programs: every verdict, givens, counts, and points where there is a rubric."""

from __future__ import annotations

import json
import math
from typing import Any, TypeAlias

from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check, Contradicted, Judged
from symgrad.writing.json import VERSION

Fields: TypeAlias = dict[str, Any]


def check_to_json(check: Check, marks: Marked | None = None) -> str:
    """The check as JSON; ``marks`` is there only where a rubric was given."""
    whole = {
        "symgrad": VERSION,
        "lines": [_line(judged) for judged in check.lines],
        "givens": [_given(given) for given in check.givens],
        "counts": {verdict.value: count for verdict, count in check.counts.items()},
        "first_wrong": check.first_wrong,
        **({} if marks is None else {"marks": _marks(marks)}),
    }
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def _line(judged: Judged) -> Fields:
    line = judged.line
    return {
        "id": line.id,
        "source": {"line": line.line, "column": line.column},
        "latex": line.latex,
        "quantity": judged.quantity,
        "verdict": judged.verdict.value,
        "proof": judged.proof.value if judged.proof else None,
        "mistake": judged.mistake,
        "root": judged.root,
        "message": judged.message,
    }


def _given(given: Contradicted) -> Fields:
    return {
        "name": given.name,
        "index": None if given.index is None else list(given.index),
        "stated": _finite(given.stated),
        "used": _finite(given.used),
        "lines_explained": given.lines_explained,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _marks(marks: Marked) -> Fields:
    rows = [
        {
            "quantity": row.quantity,
            "points": row.points,
            "earned": row.earned,
            "reason": row.reason,
            "lines": list(row.lines),
        }
        for row in marks.rows
    ]
    return {"earned": marks.earned, "points": marks.points, "quantities": rows}

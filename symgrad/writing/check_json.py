"""A check for other programs: every verdict with its witness, what holds for the whole work, and points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Binding, Check, Contradicted, Judged, Kept, Witness
from symgrad.writing.json import VERSION, dumped

Fields: TypeAlias = dict[str, Any]


def check_to_json(check: Check, marks: Marked | None = None) -> str:
    """The check as JSON; ``marks`` is there only where a rubric was given."""
    whole = {
        "symgrad": VERSION,
        "lines": [_line(judged) for judged in check.lines],
        "givens": [_given(given) for given in check.givens],
        "counts": {verdict.value: count for verdict, count in check.counts.items()},
        "first_wrong": check.first_wrong,
        "coverage": dict(zip(("claims", "judged"), check.coverage, strict=True)),
        "missing": list(check.missing),
        "conventions": [_kept(kept) for kept in check.conventions],
        "bindings": [_binding(binding) for binding in check.bindings],
        "notes": list(check.notes),
        "faults": list(check.faults),
        **({} if marks is None else {"marks": _marks(marks)}),
    }
    return dumped(whole)


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
        "hint": judged.hint,
        "right": judged.right,
        "witness": None if judged.witness is None else _witness(judged.witness),
    }


def _witness(witness: Witness) -> Fields:
    """The numbers and both values; the shapes where there is no value, or the reason where not even those."""
    where = {
        "at": _plain(witness.at),
        "sizes": dict(witness.sizes),
        "functions": dict(witness.functions or {}),
        "sides": list(witness.sides),
    }
    if witness.left is not None and witness.right is not None:
        return {**where, "left": _plain(witness.left), "right": _plain(witness.right)}
    return {**where, "shapes": _plain(witness.shapes), "reason": witness.reason}


def _plain(value: Any) -> Any:
    """Arrays as lists, and what is no finite number as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return _finite(value) if isinstance(value, float) else value


def _kept(kept: Kept) -> Fields:
    return {"id": kept.id, "message": kept.message, "lines": list(kept.lines)}


def _binding(binding: Binding) -> Fields:
    return {"written": binding.written, "means": binding.means, "why": binding.why}


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
            **({"part": row.part} if row.part else {}),
            "points": row.points,
            "earned": row.earned,
            "reason": row.reason,
            "lines": list(row.lines),
        }
        for row in marks.rows
    ]
    sections = [
        {"section": section.quantity, "points": section.points, "earned": section.earned}
        for section in marks.sections
    ]
    return {
        "earned": marks.earned,
        "points": marks.points,
        "quantities": rows,
        **({"sections": sections} if sections else {}),
    }

"""The subscripts of einsum, the one text in a formula: checked, and with the output that NumPy implies."""

from __future__ import annotations

import ast
import re

from symgrad.limits import MOST_AXES
from symgrad.reading.tokens import FormulaText

_WRITTEN = re.compile(r"(?P<inputs>[A-Za-z]*(?:,[A-Za-z]*)*)(?:->(?P<output>[A-Za-z]*))?")
_USAGE = 'write it as in einsum("ij,jk->ik", A, B)'


def explicit(node: ast.expr, count: int, source: FormulaText) -> str:
    """``ij,jk->ik``, for ``count`` arrays, without blanks and with its output.

    What is not written behind an arrow are the letters that stand once, in the order of the alphabet.
    Raises `InputError` for anything else than letters, and for an output that no array has.
    """
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise source.node_fault(node, "einsum begins with its subscripts in quotes", _USAGE)
    found = _WRITTEN.fullmatch(node.value.replace(" ", ""))
    if found is None:
        hint = f"{_USAGE}: a letter for every axis" + ("; '...' is not read" if "." in node.value else "")
        raise source.node_fault(node, f"'{node.value}' is no subscript of arrays", hint)
    inputs = found["inputs"].split(",")
    letters = "".join(inputs)
    once = "".join(sorted(letter for letter in letters if letters.count(letter) == 1))
    output = once if found["output"] is None else found["output"]
    if len(inputs) != count:
        message = f"subscripts of {len(inputs)} array{'s' * (len(inputs) != 1)}, and {count} given"
        raise source.node_fault(node, message, _USAGE)
    for letter in output:
        if letter not in letters or output.count(letter) > 1:
            what = "stands in no array" if letter not in letters else "stands twice behind the arrow"
            raise source.node_fault(node, f"'{letter}' {what}", _USAGE)
    if max(map(len, (*inputs, output))) > MOST_AXES:
        hint = f"an array has at most {MOST_AXES} axes"
        raise source.node_fault(node, f"more than {MOST_AXES} letters for one array", hint)
    return f"{','.join(inputs)}->{output}"

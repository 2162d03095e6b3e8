"""Maths in a line of characters: fractions with a slash, scripts that have no small letters with _ and ^."""

from __future__ import annotations

import re

from msgspec.structs import replace

from symgrad.maths import nodes
from symgrad.maths.nodes import Maths
from symgrad.maths.unicode import pane

_SLASH, _DEL = nodes.Text("/"), nodes.Symbol("∂")
_SPACED = re.compile(r" ([/_^]) ")


def line_of(node: Maths) -> str | None:
    """The characters of maths; None where they take several lines all the same."""
    lines = pane(node).lines
    if len(lines) > 1:
        lines = pane(_level(node)).lines
    return _SPACED.sub(r"\1", lines[0]) if len(lines) == 1 else None


def _level(node: Maths) -> Maths:
    match node:
        case nodes.Row(items):
            return nodes.Row(tuple(map(_level, items)))
        case nodes.Fenced(body=body) | nodes.Accent(body=body) | nodes.Radical(body=body):
            return replace(node, body=_level(body))
        case nodes.Fraction(numerator, denominator):
            above = _level(numerator) if _is_product(numerator) else _held(numerator)
            below = _level(denominator) if _is_differential(denominator) else _held(denominator)
            return nodes.Row((above, _SLASH, below))
        case nodes.Big(sign, body, below, above):
            limits = (*_marked("_", below), *_marked("^", above))
            return nodes.Row((nodes.Symbol(sign, "upright"), *limits, nodes.Space(), _level(body)))
        case nodes.Script(base, sub, sup) if len(pane(node).lines) > 1:
            return nodes.Row((_level(base), *_marked("_", sub), *_marked("^", sup)))
    return node


def _marked(sign: str, script: Maths | None) -> tuple[Maths, ...]:
    return () if script is None else (nodes.Text(sign), _held(script))


def _is_product(node: Maths) -> bool:
    return not (isinstance(node, nodes.Row) and any(isinstance(part, nodes.Operator) for part in node.items))


def _is_differential(node: Maths) -> bool:
    return isinstance(node, nodes.Row) and node.items[:1] == (_DEL,) and _is_product(node)


def _held(node: Maths) -> Maths:
    """A part as it stands, in brackets if it is a row."""
    several = isinstance(node, nodes.Row) and len(node.items) > 1
    return nodes.Fenced("(", _level(node), ")") if several else _level(node)

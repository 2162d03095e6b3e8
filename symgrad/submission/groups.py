"""Tokens in groups: every bracket with what is in it, so that what is outside can be cut up safely.

A bracket without its other half becomes a ``stray`` token, which hurts only the side where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.written import Span

MAX_DEPTH = 40


class Group(Struct, frozen=True):
    """A bracket's content. ``kind``: brace round square curly bars norm angle at; env with its name."""

    kind: str
    items: tuple[Item, ...]
    start: int
    end: int
    name: str = ""
    spaced: bool = False

    @property
    def span(self) -> Span:
        """The place, brackets included."""
        return Span(self.start, self.end)


Item: TypeAlias = "Token | Group"

_OPEN: Mapping[str, str] = {"{": "brace", "(": "round", "[": "square"}
_CLOSE: Mapping[str, str] = {"}": "brace", ")": "round", "]": "square"}
_OPEN_COMMANDS: Mapping[str, str] = {
    "{": "curly", "lbrace": "curly", "lvert": "bars", "lVert": "norm", "langle": "angle", "lbrack": "square",
    "lfloor": "floor", "lceil": "ceil",
}  # fmt: skip
_CLOSE_COMMANDS: Mapping[str, str] = {
    "}": "curly", "rbrace": "curly", "rvert": "bars", "rVert": "norm", "rangle": "angle", "rbrack": "square",
    "rfloor": "floor", "rceil": "ceil",
}  # fmt: skip
_SIZES = frozenset(
    [f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")] + ["middle"]
)
_DELIMITERS: Mapping[str, str] = {
    "(": "round", ")": "round", "[": "square", "]": "square", "lbrack": "square", "rbrack": "square",
    "{": "curly", "}": "curly", "lbrace": "curly", "rbrace": "curly", "|": "bars", "vert": "bars",
    "lvert": "bars", "rvert": "bars", "Vert": "norm", "lVert": "norm", "rVert": "norm",
    "langle": "angle", "rangle": "angle", "<": "angle", ">": "angle", ".": "",
    "lfloor": "floor", "rfloor": "floor", "lceil": "ceil", "rceil": "ceil",
}  # fmt: skip
_HALF = {"bars": "at"}
"""What a right bracket without a left one is: a value at a point, \\left. x \\right|_{t = 0}."""
_HARD = ("brace", "env")


class _Frame(Struct):
    """An open bracket; ``sized`` ones were opened by \\left and are closed by \\right."""

    kind: str
    opener: Token | None
    name: str = ""
    sized: bool = False
    items: list[Item] = field(default_factory=list)


def group(tokens: list[Token]) -> tuple[Item, ...]:
    """The tokens, their brackets matched.

    Raises `Unreadable` where brackets nest deeper than `MAX_DEPTH`.
    """
    stack = [_Frame("", None)]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.kind == "command" and token.text in _SIZES:
            continue
        if token.kind == "command" and token.text in ("left", "right"):
            delimiter = tokens[position] if position < len(tokens) else None
            kind = _DELIMITERS.get(delimiter.text) if delimiter is not None else None
            if delimiter is not None and kind is not None:
                if delimiter.kind == "command" and delimiter.text == "|":
                    kind = "norm"
                position += 1
                whole = replace(delimiter, start=token.start, spaced=token.spaced)
                (_open if token.text == "left" else _close)(stack, kind, whole, sized=True)
                continue
        _one(stack, token)
    while len(stack) > 1:
        _dissolve(stack)
    return tuple(stack[0].items)


def _one(stack: list[_Frame], token: Token) -> None:
    opening, closing = (
        ((_OPEN, _CLOSE) if token.kind == "sign" else (_OPEN_COMMANDS, _CLOSE_COMMANDS))
        if token.kind in ("sign", "command")
        else ({}, {})
    )
    if token.kind == "begin":
        _open(stack, "env", token, name=token.text)
    elif token.kind == "end":
        _close(stack, "env", token, name=token.text)
    elif token.text in opening:
        _open(stack, opening[token.text], token)
    elif token.text in closing:
        _close(stack, closing[token.text], token)
    else:
        stack[-1].items.append(token)


def _open(stack: list[_Frame], kind: str, token: Token, name: str = "", sized: bool = False) -> None:
    if len(stack) > MAX_DEPTH:
        raise Unreadable(f"brackets nested more than {MAX_DEPTH} deep", token.span)
    stack.append(_Frame(kind, token, name, sized))


def _close(stack: list[_Frame], kind: str, token: Token, name: str = "", sized: bool = False) -> None:
    found = _matching(stack, kind, name, sized)
    if found is None:
        stack[-1].items.append(replace(token, kind="stray"))
        return
    while len(stack) - 1 > found:
        _dissolve(stack)
    frame = stack.pop()
    assert frame.opener is not None
    shape = frame.kind or _HALF.get(kind, kind) or "round"
    whole = Group(shape, tuple(frame.items), frame.opener.start, token.end, frame.name, frame.opener.spaced)
    stack[-1].items.append(whole)


def _matching(stack: list[_Frame], kind: str, name: str, sized: bool) -> int | None:
    """The open bracket that this one closes; none is looked for outside braces and environments."""
    for n in range(len(stack) - 1, 0, -1):
        frame = stack[n]
        if sized and frame.sized:
            return n
        if frame.kind == kind and frame.name == name and not sized and not frame.sized:
            return n
        if frame.kind in _HARD and kind not in _HARD:
            return None
    return None


def _dissolve(stack: list[_Frame]) -> None:
    """The innermost open bracket is never closed: its content belongs to what is around it."""
    frame = stack.pop()
    assert frame.opener is not None
    stack[-1].items.append(replace(frame.opener, kind="stray"))
    stack[-1].items += frame.items

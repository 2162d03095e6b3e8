r"""The student's own commands: \newcommand, \def and \DeclareMathOperator, put in as tokens.

Bounded, and without recursion: a command that grows beyond `MAX_TOKENS` is left as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from symgrad.submission.cursor import is_token
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import MAX_TOKENS, tokenize

MAX_MACROS = 500
MAX_BODY = 500
"""Characters of a definition."""

_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand\*?\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?\s*(?:\[(?P<count>[1-9])\])?"
    r"|def\s*\\(?P<plain>[A-Za-z]+)\s*(?P<numbered>(?:\#[1-9])*)"
    r"|DeclareMathOperator\*?\s*\{?\s*\\(?P<operator>[A-Za-z]+)\s*\}?)\s*(?=\{)"
)


@dataclass(frozen=True, slots=True)
class Macro:
    """How many arguments a command takes, and what it stands for; ``#1`` is a sign and a number in it."""

    count: int
    body: tuple[Token, ...]


def macros_of(text: str) -> Mapping[str, Macro]:
    """The commands that a text defines."""
    found: dict[str, Macro] = {}
    for match in islice(_DEFINITION.finditer(text), MAX_MACROS):
        close = _closing(text, match.end())
        if close is None:
            continue
        name = match["name"] or match["plain"] or match["operator"]
        begin = match.end() + 1
        if match["operator"]:
            body = [Token("word", text[begin:close], begin, close)]
        else:
            body = tokenize(text, begin, close)
        count = int(match["count"] or 0) or (match["numbered"] or "").count("#")
        found[name] = Macro(count, tuple(body))
    return found


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for position in range(start, min(len(text), start + MAX_BODY)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return None


def expanded(tokens: list[Token], macros: Mapping[str, Macro]) -> list[Token]:
    """The tokens with the commands put in. What is put in stands where the command stands.

    Raises `Unreadable` where that never ends.
    """
    if not macros:
        return tokens
    ahead = tokens[::-1]
    found: list[Token] = []
    steps = 0
    while ahead:
        token = ahead.pop()
        macro = macros.get(token.text) if token.kind == "command" else None
        if macro is None:
            found.append(token)
            continue
        arguments = [_argument(ahead) for _ in range(macro.count)]
        put_in = _filled(macro, arguments, token)
        steps += 1 + len(put_in)
        if steps > MAX_TOKENS:
            raise Unreadable(f"the command \\{token.text} is defined without end", token.span)
        ahead += reversed(put_in)
    return found


def _argument(ahead: list[Token]) -> list[Token]:
    """The next token, or what stands in the next braces."""
    if not ahead:
        return []
    first = ahead.pop()
    if not is_token(first, "sign", "{"):
        return [first]
    depth, taken = 1, []
    while ahead and depth:
        token = ahead.pop()
        depth += is_token(token, "sign", "{") - is_token(token, "sign", "}")
        taken += [token] if depth else []
    return taken


def _filled(macro: Macro, arguments: list[list[Token]], at: Token) -> list[Token]:
    brace = Token("sign", "{", at.start, at.end, at.spaced)
    found: list[Token] = [brace]
    hash_before = False
    for token in macro.body:
        if hash_before and token.kind == "number" and token.text[0] in "123456789":
            position = int(token.text[0]) - 1
            found += [brace, *(arguments[position] if position < len(arguments) else ())]
            found.append(replace(brace, text="}"))
            hash_before = False
        elif is_token(token, "sign", "#"):
            hash_before = True
        else:
            found.append(replace(token, start=at.start, end=at.end))
    return [*found, replace(brace, text="}")]

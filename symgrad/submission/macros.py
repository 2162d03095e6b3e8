r"""The student's own commands: \newcommand, \def and \DeclareMathOperator, put in as tokens.

Bounded, and without recursion: a command that grows beyond `MAX_TOKENS` is left as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from symgrad.submission.commands import RELATIONS, SIGNS
from symgrad.submission.cursor import is_token
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import MAX_TOKENS, tokenize

MAX_MACROS = 500
MAX_BODY = 500
"""Characters of a definition."""
MAX_PUT_IN = 400_000
"""Tokens put in for commands, in a whole text."""

_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand\*?\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?\s*"
    r"(?:\[(?P<count>[1-9])\]\s*(?:\[(?P<default>[^][{}]{0,40})\])?)?"
    r"|def\s*\\(?P<plain>[A-Za-z]+)(?P<numbered>[^\\{}\n]{0,40})"
    r"|DeclareMathOperator\*?\s*\{?\s*\\(?P<operator>[A-Za-z]+)\s*\}?)\s*(?=\{)"
)


_BOX = re.compile(r"\\(?:[shv]box|ifdim|(?:resize|scale|raise|use|par|make|save)box)(?![A-Za-z])")
_PROSE = re.compile(r"\\(?:parbox|raggedright|par)(?![A-Za-z])")
_OPERATOR_SPACE = re.compile(r"\\[,;:! ]|[\s~{}]")


class Macro(Struct, frozen=True):
    """How many arguments a command takes, and what it stands for; ``#1`` is a sign and a number in it.

    ``ends`` are the signs behind each argument, after those before the first: [ and ] of ``\\def\\d[#1]``;
    none where an argument is what braces hold. ``default`` stands for a first one in square brackets that is
    left out.
    """

    count: int
    body: tuple[Token, ...]
    ends: tuple[tuple[str, ...], ...] = ()
    default: tuple[Token, ...] | None = None


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
            body = [Token("word", _OPERATOR_SPACE.sub("", text[begin:close]), begin, close)]
        else:
            body = tokenize(text, begin, close)
        count = int(match["count"] or 0) or (match["numbered"] or "").count("#")
        ends = _ends(text, *match.span("numbered")) if match["plain"] else ()
        default = tuple(tokenize(text, *match.span("default"))) if match["default"] is not None else None
        if _PROSE.search(text, begin, close):
            body = []
        elif _BOX.search(text, begin, close):  # it places what it is given, which stands last
            body = tokenize(f"#{count}", 0, 2) if count else []
        found[name] = Macro(count, tuple(body), ends, default)
    return found


def _ends(text: str, start: int, end: int) -> tuple[tuple[str, ...], ...]:
    """What stands before, between and behind the arguments of ``[#1, #2]``."""
    parts = re.split(r"#[1-9]", text[start:end])
    signs = tuple(tuple(token.text for token in tokenize(part, 0, len(part))) for part in parts)
    return signs if any(signs) else ()


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for position in range(start, min(len(text), start + MAX_BODY)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return None


class Macros(Struct):
    """The commands of a text. ``left`` is how many tokens may still be put in, over the whole text."""

    known: Mapping[str, Macro]
    left: int = MAX_PUT_IN

    def expanded(self, tokens: list[Token]) -> list[Token]:
        """The tokens with the commands put in. What is put in stands where the command stands.

        Raises `Unreadable` where that never ends.
        """
        if not self.known:
            return tokens
        ahead = tokens[::-1]
        found: list[Token] = []
        steps = 0
        while ahead:
            token = ahead.pop()
            macro = self.known.get(token.text) if token.kind == "command" else None
            if macro is None:
                found.append(token)
                continue
            arguments = list(_arguments(macro, ahead))
            put_in = _filled(macro, arguments, token)
            steps += 1 + len(put_in)
            if steps > min(MAX_TOKENS, self.left):
                self.left -= steps
                raise Unreadable(f"the command \\{token.text} is defined without end", token.span)
            ahead += reversed(put_in)
        self.left -= steps
        return found


def _arguments(macro: Macro, ahead: list[Token]) -> Iterator[list[Token]]:
    """What a command takes of the tokens ahead."""
    optional = macro.default is not None
    if macro.ends:
        _skip(ahead, macro.ends[0])
    for place in range(macro.count):
        ends = ("]",) if optional and place == 0 else macro.ends[place + 1] if macro.ends else ()
        if optional and place == 0 and not _skip(ahead, ("[",)):
            yield list(macro.default or ())
        elif ends:
            yield _up_to(ends, ahead)
        else:
            yield _argument(ahead)


def _skip(ahead: list[Token], signs: Sequence[str]) -> bool:
    """Take these signs away, if they come next."""
    found = [token.text for token in reversed(ahead[len(ahead) - len(signs) :])] == list(signs)
    if found:
        del ahead[len(ahead) - len(signs) :]
    return found


def _up_to(ends: Sequence[str], ahead: list[Token]) -> list[Token]:
    """The tokens before these signs, which are taken away, outside of braces."""
    taken: list[Token] = []
    depth = 0
    while ahead and (depth or not _skip(ahead, ends)):
        token = ahead.pop()
        depth += is_token(token, "sign", "{") - is_token(token, "sign", "}")
        taken.append(token)
    return taken


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


def _is_bare(macro: Macro) -> bool:
    """Whether a body must stand without braces: it is one sign, or begins or ends with one."""
    if macro.count or not macro.body:
        return not macro.body
    ends = (macro.body[0], macro.body[-1])
    return len(macro.body) == 1 or any(_is_operator(token) for token in ends)


def _derives(macro: Macro) -> bool:
    """Whether a body is ∂ with a subscript, and what is differentiated stands behind it."""
    return len(macro.body) > 1 and macro.body[0].text in ("partial", "nabla") and macro.body[1].text == "_"


def _has_terms(argument: list[Token]) -> bool:
    r"""Whether braces keep together what belongs so, ∂ of a sum; else \partial #1 may go on with ^2 y."""
    return any(is_token(token, "sign", *"+-=") for token in argument)


def _is_operator(token: Token) -> bool:
    if token.kind in ("begin", "end", "row"):
        return True
    known = token.text in SIGNS or token.text in RELATIONS or token.text in ("left", "right", "quad", "qquad")
    return known or is_token(token, "sign", *"+-/^_&,()[]|")


def _filled(macro: Macro, arguments: list[list[Token]], at: Token) -> list[Token]:
    brace = Token("sign", "{", at.start, at.end, at.spaced)
    if _is_bare(macro):
        return [replace(token, start=at.start, end=at.end) for token in macro.body]
    found: list[Token] = [brace]
    hash_before = False
    for token in macro.body:
        if hash_before and token.kind == "number" and token.text[0] in "123456789":
            position = int(token.text[0]) - 1
            argument = arguments[position] if position < len(arguments) else []
            bare = is_token(found[-1], "command", "partial") and not _has_terms(argument)
            found += argument if bare else [brace, *argument, replace(brace, text="}")]
            hash_before = False
        elif is_token(token, "sign", "#"):
            hash_before = True
        else:
            found.append(replace(token, start=at.start, end=at.end))
    return found[1:] if _derives(macro) else [*found, replace(brace, text="}")]

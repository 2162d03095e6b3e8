"""Maths as tokens: LaTeX, Unicode and plain text in one alphabet, each token with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from symgrad.submission.characters import character
from symgrad.submission.commands import (
    ACCENTS,
    BLANKED,
    FRACTIONS,
    FUNCTIONS,
    GREEK,
    IGNORED,
    SPACES,
    SWITCHES,
    SYNONYMS,
    TEXT,
    UPRIGHT,
    WORDS,
)
from symgrad.submission.scanner import Scanner, Token, Unreadable
from symgrad.submission.words import closing, identifier, letters, text
from symgrad.submission.written import Span

MAX_TOKENS = 20_000
_GLUED = re.compile(r"[A-Za-z]{2,}")
_DOUBLED = frozenset(
    (*FRACTIONS, *GREEK, *ACCENTS, *FUNCTIONS, "partial", "nabla", "text", "left", "right", "cdot", "sum")
)
"""Commands that are known again behind two backslashes."""

_PATTERN = r"""(?P<blank>[\s~$]+|%[^\n]*\n?)
  | (?P<empty>[\^_]\s{0,4}\{\s{0,4}\}(?!\s*[\^_]))
  | (?P<row>\\\\\*?(?:\s{0,4}\[\s{0,4}-?[0-9.]{1,9}\s{0,4}(?:pt|em|ex|mm|cm|in|mu)\s{0,4}\])?
      |\\(?:cr|newline|tabularnewline)(?![A-Za-z]))
  | (?P<environment>\\(?:begin|end)\s{0,4}\{[A-Za-z]{1,20}\*?\})
  | (?P<command>\\(?:operatorname\*|tag\*|hspace\*|[A-Za-z]+|.))
  | (?P<number>(?:[0-9]+(?:\{[,.]\}[0-9]+)*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9.]))?)
  | (?P<transpose>(?<=[A-Za-z0-9)}\]])\.T(?![A-Za-z0-9_^]))
  | (?P<letters>[A-Za-z]+)
  | (?P<dots>\.\.\.+)
  | (?P<prime>['′’ʹ″]+)
  | (?P<relation>:=|=:|<=|>=|==|!=|->|=>|<-(?=\s))
  | (?P<other>.)"""
_LATEX = re.compile(_PATTERN, re.VERBOSE | re.DOTALL)
_PLAIN = re.compile(
    r"(?P<power>\*\*)|(?P<identifier>[A-Za-z]+[0-9]*(?:_[A-Za-z0-9]+)*)|"
    + _PATTERN.replace("|%[^\\n]*\\n?", ""),
    re.VERBOSE | re.DOTALL,
)


_QUOTED = re.compile(_PATTERN.replace("[\\s~$]+", "\\n[ \\t>]*|[\\s~$]+", 1), re.VERBOSE | re.DOTALL)
"""Of a display in a quotation."""


def tokenize(
    source: str,
    start: int,
    end: int,
    plain: bool = False,
    words: frozenset[str] = WORDS,
    quoted: bool = False,
) -> list[Token]:
    """The tokens of ``source[start:end]``. Plain text has identifiers: W1, net_h1.

    ``words`` are names of several letters; ``quoted`` lines begin with Markdown's ``>``.

    Raises `Unreadable` beyond `MAX_TOKENS`.
    """
    scanner = Scanner(source, start, end, plain, words)
    pattern = _PLAIN if plain else _QUOTED if quoted else _LATEX
    while scanner.position < end:
        match = pattern.match(source, scanner.position, end)
        assert match is not None  # the last branch takes any character
        scanner.position = match.end()
        _HANDLERS[str(match.lastgroup)](scanner, match)
        if len(scanner.found) > MAX_TOKENS:
            raise Unreadable(f"more than {MAX_TOKENS:,} signs in one piece of maths", Span(start, start + 1))
    return scanner.found


def _blank(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.spaced = True


def _row(scanner: Scanner, match: re.Match[str]) -> None:
    r"""The end of a row; or a command with one backslash too many, \\frac for \frac."""
    name = _GLUED.match(scanner.text, match.end(), scanner.end)
    if match[0] == "\\\\" and name is not None and name[0] in _DOUBLED:
        scanner.position = match.start() + 1
    else:
        scanner.put("row", match[0], *match.span())


def _environment(scanner: Scanner, match: re.Match[str]) -> None:
    kind, _, name = match[0].partition("{")
    scanner.put(kind.strip("\\ \n\t"), name.strip("}* "), *match.span())


def _prime(scanner: Scanner, match: re.Match[str]) -> None:
    for n, char in enumerate(match[0]):
        for _ in range(2 if char == "″" else 1):
            scanner.put("sign", "'", match.start() + n, match.start() + n + 1)


def _put(kind: str, written: str | None = None) -> Callable[[Scanner, re.Match[str]], None]:
    def put(scanner: Scanner, match: re.Match[str]) -> None:
        scanner.put(kind, match[0] if written is None else written, *match.span())

    return put


def _command(scanner: Scanner, match: re.Match[str]) -> None:
    name = match[0][1:]
    if name in SPACES:
        scanner.spaced = True
    elif name in SKIPS and _is_wide(scanner):
        scanner.position = closing(scanner) or scanner.position
        scanner.put("command", "quad", *match.span())
    elif name in SWITCHES and (switched := _switched(scanner)) is not None:
        letter, opened = switched
        scanner.put("letter", letter, opened.start, scanner.position, name in UPRIGHT)
    elif name in BLANKED:
        scanner.position = closing(scanner) or scanner.position
        scanner.spaced = True
    elif name not in TEXT or not text(scanner, match, name):
        if name in IGNORED:
            scanner.leading(match.start())
        else:
            scanner.put("command", SYNONYMS.get(name, name), *match.span())


def _switched(scanner: Scanner) -> tuple[str, Token] | None:
    r"""The letter of {\rm d}, and the brace before them, which is taken away."""
    found = _SWITCHED.match(scanner.text, scanner.position, scanner.end)
    if found is None or not scanner.found or scanner.found[-1].text != "{":
        return None
    scanner.position = found.end()
    return found[1], scanner.found.pop()


_SWITCHED = re.compile(r"\s*([A-Za-z])\s*\}")


def _is_wide(scanner: Scanner) -> bool:
    """Whether the length in braces that follow is that of a \\quad, or more."""
    length = _LENGTH.match(scanner.text, scanner.position, scanner.end)
    return length is not None and float(length[1]) >= QUAD[length[2]]


_LENGTH = re.compile(r"\s{0,4}\{\s{0,4}([0-9]{1,4}(?:\.[0-9]{0,4})?)\s{0,4}(pt|em|ex|mm|cm|in|mu)\s{0,4}\}")
QUAD: Mapping[str, float] = {"em": 1, "ex": 2, "pt": 10, "mm": 3.5, "cm": 0.35, "in": 0.14, "mu": 18}
"""How long a \\quad is."""
SKIPS = frozenset(("hspace", "hspace*"))
_HANDLERS: Mapping[str, Callable[[Scanner, re.Match[str]], None]] = {
    "blank": _blank,
    "empty": lambda scanner, match: None,
    "row": _row,
    "environment": _environment,
    "command": _command,
    "number": _put("number"),
    "letters": letters,
    "identifier": identifier,
    "dots": _put("command", "dots"),
    "prime": _prime,
    "relation": _put("sign"),
    "transpose": _put("raised", "T"),
    "power": _put("sign", "^"),
    "other": character,
}

"""Maths as tokens: LaTeX, Unicode and plain text in one alphabet, each token with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symgrad.submission.commands import (
    ACCENTS,
    BLANKED,
    BOLD,
    COMBINING,
    GREEK,
    IGNORED,
    LOWERED,
    PROSE,
    RAISED,
    SPACES,
    TEXT,
    UNICODE,
    UPRIGHT,
    WORDS,
)
from symgrad.submission.written import Span

MAX_TOKENS = 20_000
MAX_TEXT = 400
"""Characters in the braces of \\text."""


class Unreadable(Exception):
    """Something cannot be read: a sentence, and where it stands."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``kind`` is one of

    ``letter`` and ``word`` (a name), ``number``, ``command`` (``text`` without its backslash), ``sign``
    (one character, or a relation of several), ``raised`` and ``lowered`` (Unicode scripts, as plain text),
    ``prose`` (words between the maths), ``row`` (an end of a row), ``stray`` (a bracket without its other
    half) and ``unknown``. ``spaced``: blank stands before it. ``upright``: set upright on purpose.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    accents: tuple[str, ...] = ()
    upright: bool = False

    @property
    def span(self) -> Span:
        """The place."""
        return Span(self.start, self.end)


@dataclass
class Scanner:
    """A stretch of a text on its way through the tokenizer."""

    text: str
    position: int
    end: int
    plain: bool = False
    words: frozenset[str] = WORDS
    spaced: bool = False
    lead: int | None = None
    found: list[Token] = field(default_factory=list)

    def put(self, kind: str, text: str, start: int, end: int, upright: bool = False) -> None:
        """Add a token; commands of type before it belong to it."""
        begin = start if self.lead is None else self.lead
        self.found.append(Token(kind, text, begin, end, self.spaced, (), upright))
        self.spaced, self.lead = False, None


_NUMBER = r"(?P<number>(?:\d+(?:\{,\}\d+)*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?![\d.]))?)"
_LATEX = re.compile(
    rf"""(?P<blank>[\s~]+|%[^\n]*\n?)
      | (?P<row>\\\\(?:\*|\s{{0,4}}\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|mu)\s*\])?|\\(?:cr|newline|tabularnewline)(?![A-Za-z]))
      | (?P<environment>\\(?:begin|end)\s{{0,4}}\{{[A-Za-z]{{1,20}}\*?\}})
      | (?P<command>\\(?:operatorname\*|tag\*|hspace\*|[A-Za-z]+|.))
      | {_NUMBER}
      | (?P<letters>[A-Za-z]+)
      | (?P<prime>['′’ʹ‘″]+)
      | (?P<relation>:=|=:|<=|>=|==|!=|->|=>|<-(?=\s))
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(
    rf"""(?P<blank>\s+)
      | (?P<command>\\(?:[A-Za-z]+))
      | {_NUMBER}
      | (?P<identifier>[A-Za-z]+\d*(?:_[A-Za-z0-9]+)*)
      | (?P<prime>['′’ʹ″]+)
      | (?P<transpose>\.T(?![A-Za-z]))
      | (?P<power>\*\*)
      | (?P<relation>:=|=:|<=|>=|==|!=|->|=>|<-(?=\s)|~=)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def tokenize(text: str, start: int, end: int, plain: bool = False, words: frozenset[str] = WORDS) -> list[Token]:
    """The tokens of ``text[start:end]``; ``plain`` text has identifiers and no LaTeX commands' braces.

    Raises `Unreadable` beyond `MAX_TOKENS`.
    """
    scanner = Scanner(text, start, end, plain, words)
    pattern = _PLAIN if plain else _LATEX
    while scanner.position < end:
        match = pattern.match(text, scanner.position, end)
        assert match is not None  # the last branch takes any character
        scanner.position = match.end()
        HANDLERS[str(match.lastgroup)](scanner, match)
        if len(scanner.found) > MAX_TOKENS:
            raise Unreadable(f"more than {MAX_TOKENS:,} signs in one piece of maths", Span(start, start + 1))
    return scanner.found


def _blank(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.spaced = True


def _row(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.put("row", "\\\\", *match.span())


def _environment(scanner: Scanner, match: re.Match[str]) -> None:
    kind, _, name = match[0].partition("{")
    scanner.put(kind.strip("\\ \n\t"), name.strip("}* "), *match.span())


def _number(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.put("number", match[0], *match.span())


def _prime(scanner: Scanner, match: re.Match[str]) -> None:
    for n, char in enumerate(match[0]):
        for _ in range(2 if char == "″" else 1):
            scanner.put("sign", "'", match.start() + n, match.start() + n + 1)


def _relation(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.put("sign", match[0], *match.span())


def _power(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.put("sign", "^", *match.span())


def _transpose(scanner: Scanner, match: re.Match[str]) -> None:
    scanner.put("raised", "T", *match.span())


def _letters(scanner: Scanner, match: re.Match[str]) -> None:
    _name(scanner, match[0], match.start())


def _name(scanner: Scanner, text: str, start: int) -> None:
    """A run of letters: one word, or a product of names of one letter each."""
    if len(text) > 1 and is_word(text, scanner.words):
        scanner.put("word", text, start, start + len(text))
        return
    for n, letter in enumerate(text):
        scanner.put("letter", letter, start + n, start + n + 1)


def is_word(letters: str, words: frozenset[str]) -> bool:
    """Whether letters side by side are one name: a known one, or something long that can be spoken."""
    return letters in words or (len(letters) >= 4 and bool(set(letters.lower()) & set("aeiou")))


def _identifier(scanner: Scanner, match: re.Match[str]) -> None:
    """A name of plain text: ``W1``, ``net_h1``, ``dW1`` (d and W1), ``sigma``; unknown words are prose."""
    base, digits, sub = re.fullmatch(r"([A-Za-z]+)(\d*)((?:_\w+)?)", match[0]).groups()  # type: ignore[union-attr]
    start = match.start()
    if len(base) > 1 and base[0] == "d" and (len(base) == 2 or base[1:] in GREEK) and base not in scanner.words:
        scanner.put("letter", "d", start, start + 1)
        base, start = base[1:], start + 1
    if base in GREEK and base not in scanner.words:
        scanner.put("command", base, start, start + len(base))
    elif len(base) > 3 and base not in scanner.words and not (digits or sub):
        scanner.put("prose", base, start, start + len(base))
    elif digits or sub or base in scanner.words:
        scanner.put("word" if len(base) > 1 else "letter", base, start, start + len(base))
    else:
        _name(scanner, base, start)
    low = digits + sub.replace("_", "")
    if low:
        scanner.put("lowered", low, start + len(base), match.end())


def _command(scanner: Scanner, match: re.Match[str]) -> None:
    name = match[0][1:]
    if name in SPACES:
        scanner.spaced = True
    elif name in BLANKED:
        _skip_braces(scanner)
    elif name == "textcolor":
        _skip_braces(scanner)
    elif _one(scanner, name):
        return
    elif name in TEXT and _text(scanner, match, name):
        return
    elif name in IGNORED:
        _lead(scanner, match.start())
    elif name in ("dd", "differential"):
        scanner.put("letter", "d", *match.span())
    else:
        scanner.put("command", name, *match.span())


def _lead(scanner: Scanner, start: int) -> None:
    scanner.lead = start if scanner.lead is None else scanner.lead


def _skip_braces(scanner: Scanner) -> None:
    close = _closing(scanner.text, scanner.position, scanner.end)
    if close is not None:
        scanner.position = close
    scanner.spaced = True


def _closing(text: str, start: int, end: int) -> int | None:
    """Behind the brace that closes the one which begins at ``start``; None if it is far or missing."""
    while start < end and text[start].isspace():
        start += 1
    if start >= end or text[start] != "{":
        return None
    depth = 0
    for position in range(start, min(end, start + MAX_TEXT)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return None


_WORD = re.compile(r"([A-Za-z]+)(\d*)((?:\\?_\w+)?)")
_BOLD_ONE = re.compile(r"\s*\{?\s*(1)\s*(?:(?<=\d)\}|(?=[^\d}]|$))")
_ONE_LETTER = re.compile(r"\s*([A-Za-z])(?![A-Za-z])")


def _text(scanner: Scanner, match: re.Match[str], name: str) -> bool:
    r"""The word in the braces of \text or \mathrm; False where they hold maths."""
    _lead(scanner, match.start())
    close = _closing(scanner.text, scanner.position, scanner.end)
    if close is None:
        single = _ONE_LETTER.match(scanner.text, scanner.position, scanner.end) if name in UPRIGHT else None
        if single is None:
            return name not in IGNORED
        scanner.position = single.end()
        scanner.put("letter", single[1], single.start(1), single.end(1), upright=True)
        return True
    opening = scanner.text.index("{", scanner.position)
    inner = scanner.text[opening + 1 : close - 1]
    word = _WORD.fullmatch(inner.strip())
    if name in IGNORED and (word is None or not (name in UPRIGHT or _is_one_name(word[1], scanner))):
        return False
    begin = opening + 1 + len(inner) - len(inner.lstrip())
    scanner.position = close
    if word is None or (word[0].lower() in PROSE and len(word[0]) > 1 and name not in IGNORED):
        scanner.lead = None
        if inner.strip(" ,.;:"):
            scanner.put("prose", inner.strip(), opening + 1, close - 1)
        scanner.spaced = True
        return True
    kind = "letter" if len(word[1]) == 1 else "word"
    scanner.put(kind, word[1], begin, begin + len(word[1]), upright=name in UPRIGHT)
    if word[2] or word[3]:
        scanner.put("lowered", word[2] + word[3].replace("\\", "").replace("_", ""), begin + len(word[1]), begin + len(word[0]))
    return True


def _is_one_name(letters: str, scanner: Scanner) -> bool:
    return len(letters) == 1 or is_word(letters, scanner.words)


def _one(scanner: Scanner, name: str) -> bool:
    """A bold or double-struck 1 is the name of something: ones, an indicator, an identity."""
    match = _BOLD_ONE.match(scanner.text, scanner.position, scanner.end) if name in BOLD else None
    if match is None:
        return False
    scanner.position = match.end()
    scanner.put("letter", "1", match.start(1), match.end(1))
    return True


def _other(scanner: Scanner, match: re.Match[str]) -> None:
    char, (start, end) = match[0], match.span()
    if char in COMBINING:
        _combine(scanner, COMBINING[char], end)
    elif char in RAISED:
        _script(scanner, "raised", RAISED, start)
    elif char in LOWERED:
        _script(scanner, "lowered", LOWERED, start)
    elif char in UNICODE:
        scanner.put("command", UNICODE[char], start, end)
    elif char.isascii():
        scanner.put("sign", char, start, end)
    elif char in "−–—":
        scanner.put("sign", "-", start, end)
    else:
        _letter(scanner, char, start, end)


def _combine(scanner: Scanner, accent: str, end: int) -> None:
    """An accent that follows its letter as a character of its own."""
    if scanner.found and accent:
        last = scanner.found[-1]
        scanner.found[-1] = replace(last, accents=(*last.accents, accent), end=end)


def _script(scanner: Scanner, kind: str, table: Mapping[str, str], start: int) -> None:
    position = start
    while position < scanner.end and scanner.text[position] in table:
        position += 1
    scanner.position = position
    scanner.put(kind, "".join(table[c] for c in scanner.text[start:position]), start, position)


_GREEK_CHARACTERS = {
    unicodedata.lookup(f"GREEK {'SMALL' if name.islower() else 'CAPITAL'} LETTER {spelled.upper()}"): name
    for name in GREEK
    if not name.startswith("var")
    for spelled in ({"lambda": "lamda", "Lambda": "Lamda"}.get(name, name),)
}


def _letter(scanner: Scanner, char: str, start: int, end: int) -> None:
    """ŷ as y with a hat, 𝐖 as W, σ as sigma; what only looks like a letter is unknown."""
    if char in _GREEK_CHARACTERS:
        scanner.put("command", _GREEK_CHARACTERS[char], start, end)
        return
    if unicodedata.name(char, "").startswith("MATHEMATICAL DOUBLE-STRUCK DIGIT"):
        scanner.put("letter", unicodedata.normalize("NFKC", char), start, end)
        return
    base, *accents = unicodedata.normalize("NFKD", char)
    if base in _GREEK_CHARACTERS and not accents:
        scanner.put("command", _GREEK_CHARACTERS[base], start, end)
    elif base in UNICODE and not accents:
        scanner.put("command", UNICODE[base], start, end)
    elif base.isascii() and base.isalpha() and all(a in COMBINING for a in accents):
        scanner.put("letter", base, start, end)
        for accent in accents:
            _combine(scanner, COMBINING[accent], end)
    elif char.isspace():
        scanner.spaced = True
    else:
        scanner.put("unknown", char, start, end)


HANDLERS: Mapping[str, Callable[[Scanner, re.Match[str]], None]] = {
    "blank": _blank,
    "row": _row,
    "environment": _environment,
    "command": _command,
    "number": _number,
    "letters": _letters,
    "identifier": _identifier,
    "prime": _prime,
    "relation": _relation,
    "transpose": _transpose,
    "power": _power,
    "other": _other,
}


def names(tokens: list[Token]) -> Iterator[str]:
    """The accents that commands among the tokens are."""
    yield from (token.text for token in tokens if token.kind == "command" and token.text in ACCENTS)

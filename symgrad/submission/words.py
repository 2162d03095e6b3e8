r"""Runs of letters: one name or several, \text, and the identifiers of plain text."""

from __future__ import annotations

import re

from symgrad.submission.commands import (
    BOLD,
    FUNCTIONS,
    GREEK,
    IGNORED,
    PROSE,
    SHORT_PROSE,
    SPOKEN,
    UPRIGHT,
)
from symgrad.submission.scanner import Scanner

MAX_TEXT = 400
"""Characters in the braces of \\text."""
LONG = 4
"""Letters from which on an unknown run of letters is a word, if it can be spoken."""

GLUED = frozenset(("log", "ln", "exp", "tr", "Tr"))
"""Functions that stand right behind a letter in no other name."""

_WORD = re.compile(r"([A-Za-z]+)([0-9]*)((?:\\?_[A-Za-z0-9_]+)?)")
_LETTERS = re.compile(r"[A-Za-z](?: [A-Za-z]){2,}")
_OF_DIMENSIONS = re.compile(r"^([a-z]{4,20})_?[123][dD]$")
"""conv2d and conv1d are conv of what has so many axes."""
_HYPHENED = re.compile(r"([A-Z][A-Za-z]*)-([A-Z][A-Za-z]*)")
"""A name of two words, each of which begins large: MSE-Reg; element-wise is none."""
_SPACED_OUT = re.compile(r"\\[,;:!]")
"""Thin spaces within a name, as in arg\\,max."""
_PRODUCT = re.compile(r"[A-Z]{1,2}[a-z]")
"""Matrices times a vector, X w, where they stand in bold type."""
_SETS = frozenset("RNZQC")
_BOLD_ONE = re.compile(r"\s*(?:\{\s*(1)\s*\}|(1)(?!\d))")
_ONE_LETTER = re.compile(r"\s*([A-Za-z])(?![A-Za-z])")
_IDENTIFIER = re.compile(r"([A-Za-z]+)([0-9]*)((?:_[A-Za-z0-9_]+)?)")


def letters(scanner: Scanner, match: re.Match[str]) -> None:
    """A run of letters: one word, or a product of names of one letter each."""
    run(scanner, match[0], match.start())


def run(scanner: Scanner, text: str, start: int) -> None:
    """The same, of letters that stand at ``start``."""
    if text in SPOKEN and text not in scanner.words:
        scanner.put("prose", text, start, start + len(text))
        return
    transposed = text == "Tr" or (text[:1] == "T" and text[1:2].isupper())
    cut = transposed or (text not in scanner.words and text[1:] in FUNCTIONS)
    if scanner.is_script and cut:
        scanner.put("letter", text[0], start, start + 1)  # y_ilog(p), Xᵀr: a script takes one letter
        text, start = text[1:], start + 1
    applied = text[1:] in GLUED and scanner.text[start + len(text) : start + len(text) + 1] == "("
    if applied and text[0] != "d" and text not in scanner.words:
        scanner.put("letter", text[0], start, start + 1)  # xTr(AᵀA), xlog(y)
        text, start = text[1:], start + 1
    if text[:1] == "d" and text[1:] in scanner.words and text not in scanner.words:
        scanner.put("letter", "d", start, start + 1)  # dout: the change of out
        text, start = text[1:], start + 1
    if len(text) > 1 and is_word(text, scanner):
        scanner.put("word", text, start, start + len(text))
        return
    for n, letter in enumerate(text):
        scanner.put("letter", letter, start + n, start + n + 1)


def is_word(text: str, scanner: Scanner) -> bool:
    """Whether letters side by side are one name: a known one, or something long that can be spoken."""
    return text in scanner.words or (len(text) >= LONG and not set(text.lower()).isdisjoint("aeiou"))


def identifier(scanner: Scanner, match: re.Match[str]) -> None:
    """A name of plain text: ``W1``, ``net_h1``, ``dW1`` (d and W1), ``sigma``; other words are prose."""
    found = _IDENTIFIER.fullmatch(match[0])
    assert found is not None
    base, *lows = found[1], *_lows(found[2], found[3])
    start, end = match.start(), match.start() + len(base)
    named = len(base) == 2 or base[1:] in GREEK or base[1:] in scanner.words
    if base[0] == "d" and named and base not in scanner.words:
        scanner.put("letter", "d", start, start + 1)
        base, start = base[1:], start + 1
    if base in GREEK and base not in scanner.words:
        scanner.put("command", base, start, end)
    elif base in scanner.words or lows:
        scanner.put("word" if len(base) > 1 else "letter", base, start, end)
    elif len(base) >= LONG or base.lower() in SHORT_PROSE or (len(base) > 2 and base.islower()):
        scanner.put("prose", base, start, end)
    else:
        run(scanner, base, start)
    for low in lows:
        scanner.put("lowered", low, end, match.end())


def text(scanner: Scanner, match: re.Match[str], name: str) -> bool:
    r"""The word in the braces of \text or \mathrm; False where a command of type sets maths."""
    start, close = match.start(), closing(scanner)
    if name in BOLD and (one := _BOLD_ONE.match(scanner.text, scanner.position, scanner.end)):
        scanner.position = one.end()
        scanner.put("letter", "1", start, one.end())
        return True
    if close is None:
        return name in UPRIGHT and _single(scanner, start)
    opening = scanner.text.index("{", scanner.position)
    inner = scanner.text[opening + 1 : close - 1]
    plain = _HYPHENED.sub(r"\1\2", inner.strip())
    if name in UPRIGHT:  # s o f t m a x, as a scan has it
        plain = _SPACED_OUT.sub("", plain.replace(" ", "") if _LETTERS.fullmatch(plain) else plain)
        plain = _OF_DIMENSIONS.sub(r"\1", plain)
    word = _WORD.fullmatch(plain)
    if name in IGNORED and (word is None or not (name in UPRIGHT or _is_one_name(word[1], scanner))):
        return False
    if name == "textbf" and word is not None and _PRODUCT.fullmatch(plain) and not is_word(plain, scanner):
        scanner.position = opening
        return True
    scanner.position = close
    if word is None and "$" in inner:
        _spoken(scanner, inner, opening + 1)
    elif word is None or (name not in IGNORED and word[0].lower() in PROSE and len(word[0]) > 1):
        if inner.strip(" ,.;:"):
            scanner.put("prose", inner.strip(), opening + 1, close - 1)
        scanner.spaced = True
    elif name == "mathbb" and word[0] in _SETS:
        scanner.put("set", word[0], start, close)
    else:
        _put_word(scanner, word, start, close, name in UPRIGHT)
    return True


def _spoken(scanner: Scanner, inner: str, start: int) -> None:
    r"""\text{if $i = j$}: words, and maths in braces of its own. Its dollar signs are blank."""
    words, at = inner.partition("$")[0], start + inner.index("$")
    if words.strip(" ,.;:"):
        scanner.put("prose", words.strip(), start, at)
    scanner.put("sign", "{", at, at + 1)
    scanner.position = at + 1


def _put_word(scanner: Scanner, word: re.Match[str], start: int, end: int, upright: bool) -> None:
    base = word[1]
    scanner.put("letter" if len(base) == 1 else "word", base, start, end, upright)
    for low in _lows(word[2], word[3]):
        scanner.put("lowered", low, start, end)


def _lows(digits: str, behind: str) -> tuple[str, ...]:
    """The subscripts of a name: 1 and 12 of h1_12, the first entry of h1; one where no number is behind."""
    low = re.sub(r"[\\_]", "", behind)
    parts = (digits, low) if low.isdigit() else (digits + low,)
    return tuple(part for part in parts if part)


def _single(scanner: Scanner, start: int) -> bool:
    r"""\mathsf T, without braces."""
    found = _ONE_LETTER.match(scanner.text, scanner.position, scanner.end)
    if found is None:
        return False
    scanner.position = found.end()
    scanner.put("letter", found[1], start, found.end(), upright=True)
    return True


def _is_one_name(base: str, scanner: Scanner) -> bool:
    return len(base) == 1 or is_word(base, scanner)


def closing(scanner: Scanner) -> int | None:
    """Behind the brace that closes the one which comes next; None if there is none, or it is far."""
    text, start = scanner.text, scanner.position
    while start < scanner.end and text[start].isspace():
        start += 1
    if start >= scanner.end or text[start] != "{":
        return None
    depth = 0
    for position in range(start, min(scanner.end, start + MAX_TEXT)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return None

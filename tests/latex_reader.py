"""A small reader of the LaTeX that formulas are printed in: its brackets and braces, back as maths nodes.

It knows TeX's rules for groups and scripts, and nothing of how the printer decides.
"""

import re

from symgrad.maths.nodes import Fenced, Fraction, Numeral, Operator, Radical, Row, Script, Symbol

TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\d+(?:\.\d+)?|\S")
BLANK = {r"\,", r"\!", r"\left", r"\right", r"\quad"}
SIGNS = {r"\odot": "⊙", r"\oslash": "⊘", r"\cdot": "·", "+": "+", "-": "−"}
PAIRS = {"(": ")", r"\lvert": r"\rvert", r"\lVert": r"\rVert"}
BARS = {"(": "()", r"\lvert": "||", r"\lVert": "‖‖"}
FONTS = {r"\mathrm": "upright", r"\mathbf": "bold", r"\operatorname": "upright"}
SYMBOLS = {r"\top": Symbol("⊤"), r"\sum": "∑"}


def read_latex(text):
    """The maths nodes of a formula; a big sum is the mark "∑" before its body."""
    tokens = [token for token in TOKEN.findall(text) if token not in BLANK]
    whole = row(tokens, None)
    assert not tokens, tokens
    return whole


def row(tokens, closing):
    """Parts up to a closing token, which is taken."""
    parts = []
    while tokens and tokens[0] != closing:
        parts.append(scripted(tokens, first=not parts))
    if closing is not None:
        assert tokens.pop(0) == closing
    return parts[0] if len(parts) == 1 else Row(tuple(parts))


def scripted(tokens, first):
    """An atom with what hangs on it: in TeX a script belongs to the one token or group before it."""
    base = atom(tokens, first)
    marks = {}
    while tokens and tokens[0] in "_^":
        place = "sub" if tokens.pop(0) == "_" else "sup"
        assert place not in marks, "a double script"
        marks[place] = atom(tokens, first=True)
    return Script(base, **marks) if marks else base


def atom(tokens, first):
    """One token, group, fence or command with its arguments."""
    token = tokens.pop(0)
    if token == "{":
        return row(tokens, "}")
    if token in PAIRS:
        left, right = BARS[token]
        return Fenced(left, row(tokens, PAIRS[token]), right)
    if token in (r"\frac", r"\tfrac"):
        return Fraction(atom(tokens, True), atom(tokens, True))
    if token == r"\sqrt":
        return Radical(atom(tokens, True))
    if token in FONTS:
        return Symbol(word(tokens), FONTS[token])
    if token in SIGNS:
        return Operator(SIGNS[token], prefix=first and token == "-")
    if token in SYMBOLS:
        return SYMBOLS[token]
    return Numeral(token) if token[0].isdigit() else Symbol(token.removeprefix("\\"))


def word(tokens):
    """The letters of a font's argument."""
    assert tokens.pop(0) == "{"
    letters = ""
    while (token := tokens.pop(0)) != "}":
        letters += token
    return letters

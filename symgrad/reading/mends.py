"""What to write instead of a character or word that no formula has."""

from __future__ import annotations

CHARACTERS = {
    "^": "a power is written x**2",
    "//": "division is written a / b",
    "..": "indices are written x[0], x[1:3], X[:, 0]",
    "...": "indices are written x[0], x[1:3], X[:, 0]",
    "%": "a formula has no remainder",
    "!=": "a comparison is one of < <= > >= ==",
    ":=": "the name stands before the colon of its line: 'h: relu(u)'",
    "'": "a transpose is written x.T; text in quotes has no place in a formula",
    '"': "text in quotes has no place in a formula",
    "{": "use round brackets",
    "}": "use round brackets",
    "\\": "formulas are written as in Python, not as in LaTeX",
    "_": "a name begins with a letter",
    "&": "use where(a > b, p, q) for cases",
    "&&": "use where(a > b, p, q) for cases",
    "||": "an absolute value is written abs(x), a norm norm(x)",
    "|": "an absolute value is written abs(x), a norm norm(x)",
    "×": "a product is written a * b, a matrix product a @ b",
    "·": "a product is written a * b, a matrix product a @ b",
    "⋅": "a product is written a * b, a matrix product a @ b",
    "⊙": "the elementwise product is written a * b",
    "−": "minus is written -",
    "–": "minus is written -",
    "÷": "division is written a / b",
    "≤": "write <=",
    "≥": "write >=",
    "²": "a power is written x**2",
    "√": "a root is written sqrt(x)",
    "π": "write pi",
    "ᵀ": "a transpose is written x.T",
}
OUTSIDE = {
    "=": "the name stands before the colon: 'h: relu(u)'",
    ",": "give each quantity a line of its own",
    ":": "put the name of the quantity before the formula, not into it",
}
WORDS = {
    "if": "cases are written where(a > b, p, q)",
    "else": "cases are written where(a > b, p, q)",
    "and": "cases are written where(a > b, p, q), one comparison each",
    "or": "cases are written where(a > b, p, q), one comparison each",
    "not": "turn the comparison round",
    "lambda": "functions of your own are not part of a formula",
    "for": "write a sum with sum(x), dot(a, b) or a @ b",
}

"""The TeX commands a written name may hold, and what each of them is in the maths tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from symgrad.maths.symbols import GREEK, SIGNS, blackboard, calligraphic

Variant = Literal["italic", "upright", "bold"]

ACCENTS: Mapping[str, Literal["vec", "bar", "hat", "tilde"]] = {
    r"\vec": "vec",
    r"\overrightarrow": "vec",
    r"\bar": "bar",
    r"\overline": "bar",
    r"\hat": "hat",
    r"\widehat": "hat",
    r"\tilde": "tilde",
    r"\widetilde": "tilde",
}
VARIANTS: Mapping[str, Variant] = {
    r"\mathbf": "bold",
    r"\boldsymbol": "bold",
    r"\mathrm": "upright",
    r"\text": "upright",
    r"\operatorname": "upright",
    r"\mathit": "italic",
}
CAPITALS = {r"\mathcal": calligraphic, r"\mathbb": blackboard}
_GREEK = {
    **{"\\" + name: char for name, char in GREEK.items() if name != "omicron"},
    r"\epsilon": "ϵ",
    r"\varepsilon": "ε",
    r"\phi": "ϕ",
    r"\varphi": "φ",
    r"\vartheta": "ϑ",
    r"\varrho": "ϱ",
    r"\varsigma": "ς",
    r"\varpi": "ϖ",
}
_OTHERS = {
    r"\ell": "ℓ",
    r"\star": "⋆",
    r"\ast": "∗",
    "*": "∗",
    r"\prime": "′",
    r"\dagger": "†",
    r"\top": "⊤",
    r"\infty": "∞",
}
SYMBOLS = {**_GREEK, **_OTHERS}
LETTERS = {*SYMBOLS.values(), *(char for char in SIGNS if char.isalnum())}
_COMMANDS = " ".join((*ACCENTS, *VARIANTS, *CAPITALS, *_OTHERS))
HINT = f"known are letters, digits, _ ^ ' ( ) + - , and Greek letters, and {_COMMANDS}"

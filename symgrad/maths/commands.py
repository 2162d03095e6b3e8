"""The TeX commands a written name may hold, and what each of them is in the maths tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from symgrad.maths.symbols import CURLY, GREEK, SIGNS, blackboard, calligraphic

Variant = Literal["italic", "upright", "bold"]

ACCENTS: Mapping[str, Literal["vec", "bar", "hat", "tilde", "check", "dot"]] = {
    r"\vec": "vec",
    r"\overrightarrow": "vec",
    r"\bar": "bar",
    r"\overline": "bar",
    r"\hat": "hat",
    r"\widehat": "hat",
    r"\tilde": "tilde",
    r"\widetilde": "tilde",
    r"\check": "check",
    r"\widecheck": "check",
    r"\dot": "dot",
}
VARIANTS: Mapping[str, Variant] = {
    r"\mathbf": "bold",
    r"\boldsymbol": "bold",
    r"\bm": "bold",
    r"\pmb": "bold",
    r"\textbf": "bold",
    r"\bf": "bold",
    r"\mathrm": "upright",
    r"\text": "upright",
    r"\textrm": "upright",
    r"\textnormal": "upright",
    r"\mathsf": "upright",
    r"\mathtt": "upright",
    r"\mbox": "upright",
    r"\operatorname": "upright",
    r"\mathit": "italic",
    r"\textit": "italic",
    r"\mathnormal": "italic",
}
FUNCTIONS = {
    "\\" + name: name
    for name in (
        *(
            "arctan",
            "arg",
            "cos",
            "cosh",
            "cot",
            "det",
            "diag",
            "dim",
            "exp",
            "inf",
            "ker",
            "lim",
            "ln",
            "log",
        ),
        *("max", "min", "sec", "sin", "sinh", "sup", "tan", "tanh", "tr"),
    )
}
"""Commands that are the name of a function, set upright."""
FENCES: Mapping[str, tuple[str, str, str]] = {
    "(": (")", "(", ")"),
    "[": ("]", "[", "]"),
    r"\{": (r"\}", "{", "}"),
    r"\lvert": (r"\rvert", "|", "|"),
    r"\lVert": (r"\rVert", "‖", "‖"),
    r"\langle": (r"\rangle", "⟨", "⟩"),
    r"\lfloor": (r"\rfloor", "⌊", "⌋"),
    r"\lceil": (r"\rceil", "⌈", "⌉"),
}
"""By what opens: what closes it, and both as signs."""
SKIPPED = frozenset("\\" + name for name in ("left", "right", "big", "Big", "bigl", "bigr", *",!;:"))
"""Sizes and gaps, which the printers decide."""
OPERATORS = {**{char: char for char in "+,;=/:|"}, "-": "−", r"\mid": "|", r"\cdot": "·", r"\times": "×"}
"""Signs between the parts of a name, as in t-1 or m\\times n."""
CAPITALS = {r"\mathcal": calligraphic, r"\mathbb": blackboard}
_GREEK = {
    **{"\\" + name: char for name, char in {**GREEK, **CURLY}.items() if name != "omicron"},
    r"\epsilon": "ϵ",
    r"\phi": "ϕ",
}
_OTHERS = {
    r"\partial": "∂",
    r"\nabla": "∇",
    r"\perp": "⊥",
    r"\dag": "†",
    r"\odot": "⊙",
    r"\circ": "∘",
    r"\oplus": "⊕",
    r"\otimes": "⊗",
    r"\ldots": "…",
    r"\dots": "…",
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
_COMMANDS = " ".join((*ACCENTS, *VARIANTS, *CAPITALS, *FUNCTIONS, *FENCES, *_OTHERS))
HINT = f"known are letters, digits, _ ^ ' ( ) [ ] {' '.join(OPERATORS)} and Greek letters, and {_COMMANDS}"

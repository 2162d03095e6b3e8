"""Identifiers of generated code: made here, letter by letter, from an alphabet of our own."""

from __future__ import annotations

import keyword
import string
from collections.abc import Iterable

ALPHABET = frozenset(string.ascii_letters + string.digits + "_")


class Identifiers:
    """Hands out identifiers that resemble a wanted text, none of them twice.

    Whatever the text is, the answer consists of ASCII letters, digits and ``_``, begins with a
    letter, and is no keyword of Python and none of ``reserved``.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self.taken = {*keyword.kwlist, *keyword.softkwlist, *reserved}

    def new(self, wanted: str) -> str:
        """An identifier like ``wanted``.

        >>> names = Identifiers(["np"])
        >>> [names.new(text) for text in ("W1", "lambda", "np", "W1", "2); import os")]
        ['W1', 'lambda_', 'np_', 'W1_', 'v2importos']
        """
        name = "".join(char for char in wanted if char in ALPHABET)
        if not name[:1].isalpha():
            name = f"v{name}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

"""What may go wrong, and whose fault it is.

`InputError`: the user's input cannot be used; it carries the place and the mend, and the command
line prints it with a caret and exits with status 2. `NotSupported`: the input is legal, symgrad
does not do it yet. `DerivationError`: a step failed its own check, which is symgrad's fault.
"""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True):
    """A stretch of a source text: 1-based line and column, the line itself, and the caret's width."""

    file: str
    line: int
    column: int
    text: str = ""
    width: int = 1

    @property
    def where(self) -> str:
        """The place as a message begins: ``lab6.yaml:3:7``."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def row(self) -> str:
        """The place within a sentence: ``on line 3``."""
        return f"on line {self.line}"


class SymgradError(Exception):
    """Base of every error symgrad raises on purpose.

    >>> import symgrad as sg
    >>> issubclass(sg.InputError, sg.SymgradError)
    True
    """

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message, not the way through symgrad's own code to it."""
        return [f"{type(self).__name__}: {self}"]


class InputError(SymgradError):
    """The input cannot be used: what is wrong, where, and what would mend it.

    ``str(error)`` is the full message, with the offending line and a caret under it.

    >>> import symgrad as sg
    >>> try:
    ...     sg.problem({"L": "sum(w"})
    ... except sg.InputError as error:
    ...     print(error.message, "at", error.place.where)
    '(' is never closed at forward.L
    """

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"error: {self.message}"]
        if self.place is not None:
            place = self.place
            lines = [f"{place.where}: error: {self.message}"]
            if place.text:
                lines += caret(place)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return visible("\n".join(lines))


class NotSupported(InputError):
    """Legal input that symgrad cannot work out yet; says so instead of guessing.

    >>> import symgrad as sg
    >>> sg.solve(sg.problem({"L": "f(w)"}, functions={"f(t)": None})).numpy()
    Traceback (most recent call last):
    symgrad.errors.NotSupported: error: a function of this problem is unspecified
      hint: give it a formula
    """


class DerivationError(SymgradError):
    """A derived step did not pass its check: nothing is printed. Always a bug in symgrad.

    >>> import symgrad as sg
    >>> issubclass(sg.DerivationError, sg.InputError)
    False
    """


def visible(text: str) -> str:
    """A message in which what a terminal would obey, or not show, stands by its code."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def caret(place: Place, window: int = 76) -> list[str]:
    """The source line and a caret line under it, cut to ``window`` characters around the caret."""
    start = max(0, place.column - 1 - window // 2) if len(place.text) > window else 0
    shown = "".join(c if c.isprintable() else " " for c in place.text[start : start + window])
    head, tail = ("…" if start else ""), ("…" if start + window < len(place.text) else "")
    offset = place.column - 1 - start + len(head)
    width = max(1, min(place.width, len(head + shown) - offset))
    return [f"  | {head}{shown}{tail}", f"  | {' ' * offset}{'^' * width}"]

"""The problem files that come with symgrad, to begin a new one from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path

from symgrad.errors import InputError
from symgrad.reading.nearest import mend

SUFFIX = ".yaml"
_TITLE = re.compile(r'^title: *"?(.*?)"?$', re.MULTILINE)
_KEY = re.compile(r"^(\w+):", re.MULTILINE)
_HEAD = """\
# A problem for symgrad.
#   symgrad show {name}             prints its solution
#   symgrad build {name} --watch    makes the PDF, and again at every save
# For an editor that completes keys and marks slips: symgrad schema --help
"""
_KEYS: Mapping[str, str] = {
    "repeat": "Counters: {t: [1, 3]}; the formula of h[t] holds for t = 1, 2, 3, from h[0] on.",
    "forward": "The forward pass, a quantity a line in order: + - * / ** elementwise, @ the matrix product.",
    "backward": "of: what is differentiated (else the last quantity); wrt: by what (else by all parameters).",
    "data": "Leaves that are data and no parameters: no gradient is asked for them.",
    "given": "Numbers: 1, [1, 2], [[1, 2], [3, 4]] or {file: W.npy}. Without one a leaf stays a symbol.",
    "shapes": "Shapes of leaves without numbers: sizes are numbers or names.",
    "functions": "Elementwise functions of your own.",
    "update": "Gradient descent: its rate, the parameters it changes, how many steps.",
    "assume": "Facts that may be used where they make a result simpler.",
    "write": "How names are written, in LaTeX.",
    "report": "style: lab, exercise, assignment, practical, columns; "
    "notation: prod, partial, bar, delta, nabla.",
    "variants": "Numbers for a class: keep: [names] as they are, draw: {W: [lowest, highest, step]}.",
}


def examples() -> dict[str, Traversable]:
    """The files by their names, in order."""
    home = _home()
    found = chain(home.iterdir(), (home / "gallery").iterdir())
    named = {file.name.removesuffix(SUFFIX): file for file in found if file.name.endswith(SUFFIX)}
    return dict(sorted(named.items()))


def chosen(like: str) -> str:
    """The name of the example that is meant; the beginning of one name only will do.

    Raises `InputError` where there is none, or are several.
    """
    known = list(examples())
    begun = [name for name in known if name.startswith(like.lower())]
    if like in known or len(begun) == 1:
        return like if like in known else begun[0]
    several = f"there are {', '.join(begun)}" if begun else ""
    hint = several or mend(like, known, "symgrad new --list names them all")
    raise InputError(f"no example is called '{like}'", hint=hint)


def title(file: Traversable) -> str:
    """What an example is about."""
    found = _TITLE.search(file.read_text("utf-8"))
    return found[1] if found else ""


def commented(text: str, name: str) -> str:
    """A problem file with a head, above each key a comment, and below the keys that it does not have."""
    more = "".join(f"# {line}\n" for line in _absent(text))
    return f"{_HEAD.format(name=name)}{_KEY.sub(_explained, text).rstrip()}\n\n# More keys:\n{more}"


def _explained(key: re.Match[str]) -> str:
    said = _KEYS.get(key[1])
    return f"\n# {said}\n{key[0]}" if said else key[0]


def _absent(text: str) -> Iterator[str]:
    present = set(_KEY.findall(text))
    return (f"{key}: {said}" for key, said in _KEYS.items() if key not in present)


def _home() -> Traversable:
    """Where they lie: in the installed package, or beside it in a checkout."""
    packaged = files("symgrad") / "reports"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "reports"

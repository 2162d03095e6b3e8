"""The manifest of a class: the numbers of every student, drawn once and kept from then on."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from symgrad.errors import InputError
from symgrad.tree import Array
from symgrad.variants.students import Student

NAME = "manifest.json"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a code: none that is taken for another."""
LENGTH = 5


class Variant(Struct, frozen=True):
    """A student's numbers, under the code on every page; ``candidates`` is how many were looked at.

    ``unreached`` holds what was wished for in vain, by wish; ``work`` the products of digits.
    """

    student: Student
    code: str
    given: dict[str, Any]
    each: tuple[dict[str, Any], ...] = ()
    candidates: int = 0
    work: int = 0
    unreached: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Manifest(Struct, frozen=True):
    """What a class was drawn from, and what came out. ``hash`` is of the problem, its numbers included.

    ``given_up`` is what hardly any numbers of this problem have, and no variant was asked for.
    """

    problem: str
    hash: str
    seed: str
    given_up: dict[str, tuple[str, ...]]
    variants: tuple[Variant, ...]
    symgrad: int = 1

    def written(self) -> bytes:
        """The manifest as JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none. Raises `InputError` for one that cannot be read."""
    path = folder / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot use '{path}': {error}", hint="name another folder with -o") from error


def hash_of(stated: Mapping[str, Any], given: Mapping[str, Array]) -> str:
    """A hash of what variants are drawn from: the keys of a file but its report's, and all numbers."""
    numbers = {name: array.tolist() for name, array in given.items()}
    parts = {key: value for key, value in stated.items() if key not in ("report", "given")}
    return sha256(msgspec.json.encode([parts, numbers], order="deterministic")).hexdigest()


def code_of(given: dict[str, Any], each: tuple[dict[str, Any], ...]) -> str:
    """A short code for numbers: the same numbers, the same code."""
    return letters_of(msgspec.json.encode([given, each], order="deterministic"), LENGTH)


def letters_of(data: bytes, count: int) -> str:
    """Letters that stand for data."""
    number = int.from_bytes(sha256(data).digest()[:8], "big")
    return "".join(LETTERS[(number >> (5 * n)) % len(LETTERS)] for n in range(count))

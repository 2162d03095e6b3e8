"""symgrad as it runs here, as a wheel: what is made for another machine brings it along."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from symgrad.errors import InputError
from symgrad.grading.exports.zipped import zipped
from symgrad.writing.templates import templates_folder

TAG = "py3-none-any"
KIND = f"Wheel-Version: 1.0\nGenerator: symgrad\nRoot-Is-Purelib: true\nTag: {TAG}\n"
KEPT = ("METADATA", "entry_points.txt")
PASSED_OVER = "__pycache__"


def wheel() -> tuple[str, bytes]:
    """Its name and its content: the package and its templates, installed or from a checkout.

    Raises `InputError` where symgrad runs without being installed.
    """
    try:
        installed = distribution("symgrad")
    except PackageNotFoundError:
        raise InputError("symgrad is not installed", hint="pip install it: its metadata are needed") from None
    stem = f"symgrad-{installed.version}"
    info = f"{stem}.dist-info"
    inside = {name: path.read_bytes() for name, path in _files()}
    inside |= {f"{info}/{name}": text.encode() for name in KEPT if (text := installed.read_text(name))}
    inside[f"{info}/WHEEL"] = KIND.encode()
    rows = [f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in sorted(inside.items())]
    inside[f"{info}/RECORD"] = "".join((*rows, f"{info}/RECORD,,\n")).encode()
    return f"{stem}-{TAG}.whl", zipped(inside)


def _files() -> Iterator[tuple[str, Path]]:
    for place, name in ((files("symgrad"), "symgrad"), (templates_folder(), "symgrad/templates")):
        folder = Path(str(place))
        for path in sorted(folder.rglob("*")):
            if path.is_file() and PASSED_OVER not in path.parts:
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()

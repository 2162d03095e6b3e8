"""Tables that are the files of a folder: what is put there is found."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, TypeVar


class Named(Protocol):
    """What a table holds."""

    @property
    def name(self) -> str:
        """Where it stands in the table."""


Kind = TypeVar("Kind", bound=Named)


class Discovered(dict[str, Kind]):
    """Every value of a kind in the files of a package, by name, in the order of the files."""

    def __init__(self, package: str, path: list[str], kind: type[Kind]) -> None:
        super().__init__()
        self.package, self.path, self.kind = package, path, kind
        self._read()

    def add(self, folder: str | Path) -> None:
        """The files of another folder too: what they hold is as if it stood in the package."""
        self.path.append(str(folder))
        self._read()

    def _read(self) -> None:
        for file in sorted(info.name for info in iter_modules(self.path)):
            values = vars(import_module(f"{self.package}.{file}")).values()
            for value in values:
                if isinstance(value, self.kind) and self.setdefault(value.name, value) is not value:
                    raise ValueError(f"'{value.name}' of {file} is in another file already")

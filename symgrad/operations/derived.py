"""Tables that are made of the records of operations, and so are never behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from symgrad.operations.record import Operation

Row = TypeVar("Row")


class Derived(Mapping[str, Row]):
    """A row for each operation for which ``row`` makes one, and ``others``, which no record tells."""

    def __init__(
        self,
        records: Mapping[str, Operation],
        row: Callable[[Operation], Row | None],
        others: Mapping[str, Row] | None = None,
    ) -> None:
        self.records, self.row, self.others = records, row, others or {}

    def __getitem__(self, name: str) -> Row:
        found = self.others[name] if name in self.others else self.row(self.records[name])
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self.others
        yield from (name for name in self.records if name not in self.others and name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

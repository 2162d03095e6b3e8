"""Tables that are made of the records of operations, and so are never behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from symgrad.operations.model import Operation

Key = TypeVar("Key")
Row = TypeVar("Row")


class Derived(Mapping[Key, Row]):
    """The rows that ``rows`` makes of every record, and ``others``, which no record tells."""

    def __init__(
        self,
        records: Mapping[str, Operation],
        rows: Callable[[Operation], Mapping[Key, Row]],
        others: Mapping[Key, Row] | None = None,
    ) -> None:
        self._records, self._rows, self._others = records, rows, others or {}
        self._seen: tuple[Operation, ...] = ()
        self._made: dict[Key, Row] = {}

    def _table(self) -> Mapping[Key, Row]:
        """Made anew where a record is another one or new."""
        if (records := tuple(self._records.values())) != self._seen:
            made = (item for record in records for item in self._rows(record).items())
            self._seen, self._made = records, {**dict(made), **self._others}
        return self._made

    def __getitem__(self, key: Key) -> Row:
        return self._table()[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._table())

    def __len__(self) -> int:
        return len(self._table())

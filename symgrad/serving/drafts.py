"""What is typed, kept in an SQLite file in the folder that is served, so that nothing is lost with a window.

Whose it is stands there as a hash. What was typed in the last two seconds may be lost with the machine.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from pathlib import Path
from time import time

import msgspec
from msgspec import Struct

from symgrad.errors import InputError
from symgrad.serving.tries import Tries

NAME = "symgrad-serve.sqlite"
MOST_DRAFTS = 5_000
"""Those not touched for longest go first."""
IN_MEMORY = 500
TABLE = """CREATE TABLE IF NOT EXISTS drafts (
  whose TEXT, problem TEXT, name TEXT, text TEXT, own TEXT, tries TEXT, at REAL,
  PRIMARY KEY (whose, problem))"""
OLDEST = "SELECT rowid FROM drafts ORDER BY at DESC LIMIT -1 OFFSET ?"


class Draft(Struct, frozen=True):
    """A work on a problem: its text, how that is read, one's own problem, and the tries at its lines."""

    problem: str = ""
    name: str = "work.md"
    text: str = ""
    own: str = ""
    tries: dict[str, Tries] = {}
    at: float = 0.0


class Drafts:
    """All drafts. Without a ``folder``, or where it cannot be written to, they are in memory alone."""

    def __init__(self, folder: Path | None) -> None:
        self.lock = threading.Lock()
        self.near: OrderedDict[tuple[str, str], Draft] = OrderedDict()
        self.dirty: set[tuple[str, str]] = set()
        self.book = None if folder is None else _opened(folder / NAME)

    def get(self, whose: str, problem: str) -> Draft:
        """What somebody wrote on a problem."""
        with self.lock:
            found = self.near.get((whose, problem))
            if found is None and self.book is not None:
                row = self.book.execute(
                    "SELECT problem, name, text, own, tries, at FROM drafts WHERE whose = ? AND problem = ?",
                    (whose, problem),
                ).fetchone()
                found = None if row is None else _draft(row)
        return found or Draft(problem)

    def last(self, whose: str) -> Draft | None:
        """What somebody wrote last."""
        with self.lock:
            near = [draft for (who, _), draft in self.near.items() if who == whose]
            if near:
                return max(near, key=lambda draft: draft.at)
            if self.book is None:
                return None
            row = self.book.execute(
                "SELECT problem, name, text, own, tries, at FROM drafts WHERE whose = ? ORDER BY at DESC",
                (whose,),
            ).fetchone()
        return None if row is None else _draft(row)

    def put(self, whose: str, draft: Draft) -> None:
        """Keep it; `flush` writes it."""
        key = whose, draft.problem
        with self.lock:
            self.near[key] = msgspec.structs.replace(draft, at=time())
            self.near.move_to_end(key)
            self.dirty.add(key)
            full = len(self.near) > IN_MEMORY
        if full:
            self.flush()
            with self.lock:
                while len(self.near) > IN_MEMORY:
                    self.near.popitem(last=False)

    def flush(self) -> None:
        """Write what is new."""
        with self.lock:
            if self.book is None or not self.dirty:
                self.dirty.clear()
                return
            rows = [(key[0], *_row(self.near[key])) for key in self.dirty if key in self.near]
            self.dirty.clear()
            with self.book:
                self.book.executemany("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                self.book.execute(f"DELETE FROM drafts WHERE rowid IN ({OLDEST})", (MOST_DRAFTS,))

    def close(self) -> None:
        """Write what is new, and let go of the file."""
        self.flush()
        if self.book is not None:
            self.book.close()


def _opened(path: Path) -> sqlite3.Connection:
    try:
        book = sqlite3.connect(path, check_same_thread=False)
        with book:
            book.execute(TABLE)
    except sqlite3.Error as error:
        raise InputError(
            f"cannot use '{path}': {error}", hint="serve a folder that can be written to, or add --forget"
        ) from error
    return book


def _row(draft: Draft) -> tuple[str, str, str, str, str, float]:
    tries = msgspec.json.encode(draft.tries).decode()
    return draft.problem, draft.name, draft.text, draft.own, tries, draft.at


def _draft(row: tuple[str, str, str, str, str, float]) -> Draft:
    problem, name, text, own, tries, at = row
    return Draft(problem, name, text, own, msgspec.json.decode(tries, type=dict[str, Tries]), at)

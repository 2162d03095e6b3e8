"""How the program ends: the exit statuses, whatever happens.

1 says one thing only: a check found something wrong. So what click or Python would end with 1, with 120
or with a traceback (a full disk, a closed pipe, Ctrl-C, a fault of ours) is put in words here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any, NoReturn, TextIO

import click

from symgrad.running import FAILED, Fault, told

INTERRUPTED = 130


class Program(click.Group):
    """Commands that end with a status of the contract."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run a command and exit."""
        kwargs["standalone_mode"] = False
        if sys.stdout is None or sys.stderr is None:  # closed by who started it: nothing could be told
            os._exit(FAILED)
        _encode(sys.stdout)
        try:
            status = super().main(*args, **kwargs)
            with _put_in_words():
                sys.stdout.flush()
        except click.ClickException as fault:
            status = _shown(fault)
        raise SystemExit(status or 0)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """The arguments read; help is printed here."""
        with _put_in_words():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """The command run."""
        with _put_in_words():
            return super().invoke(ctx)


def _encode(stream: TextIO) -> None:
    """No sign of ours is ever an error: a pipe gets UTF-8, a terminal that lacks a sign its substitute."""
    if not isinstance(stream, TextIOWrapper) or stream.encoding.lower() in ("utf-8", "utf8"):
        return
    if stream.isatty():
        stream.reconfigure(errors="replace")
    else:
        stream.reconfigure(encoding="utf-8")


@contextmanager
def _put_in_words() -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort):
        _settle(sys.stdout)
        raise SystemExit(INTERRUPTED) from None
    except OSError as error:
        named = error.filename or "standard output"
        raise Fault(f"error: cannot write to {named}: {_reason(error)}") from error
    except Exception as error:
        raise Fault(told(error)) from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _shown(fault: click.ClickException) -> int:
    """Say why, if anybody can still be told; its status."""
    _settle(sys.stdout)
    with suppress(OSError, ValueError):
        fault.show()
    _settle(sys.stderr)
    return fault.exit_code


def _settle(stream: TextIO) -> None:
    """Leave nothing in a stream that cannot be written: Python would fail at it once more at its end."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

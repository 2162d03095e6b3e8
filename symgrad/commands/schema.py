"""``symgrad schema``: the JSON Schema of a problem file."""

from __future__ import annotations

import json

import click

from symgrad.running import faults, solver

EPILOG = """\b
In an editor with the YAML language server (VS Code, Neovim, …), save it once
  symgrad schema > symgrad.schema.json
and begin a problem file with
  # yaml-language-server: $schema=symgrad.schema.json
"""


@click.command(epilog=EPILOG, short_help="The JSON Schema of a problem file, for editors.")
def schema() -> None:
    """Print the JSON Schema of a problem file, for editors that complete keys and mark slips.

    It is made from the models that read the file.
    """
    with faults():
        described = solver("symgrad.reading.described")
    click.echo(json.dumps(described.json_schema(), indent=2, ensure_ascii=False))

"""The command line. The solver is loaded only when a command runs, so that help comes at once."""

from __future__ import annotations

import click

from symgrad.commands.autograde import autograde
from symgrad.commands.build import build
from symgrad.commands.check import check
from symgrad.commands.doctor import doctor
from symgrad.commands.grade import grade
from symgrad.commands.new import new
from symgrad.commands.schema import schema
from symgrad.commands.serve import serve
from symgrad.commands.show import show
from symgrad.commands.variants import variants
from symgrad.ending import Program

EPILOG = """\b
Examples:
  symgrad new lab6.yaml               a problem file to begin with
  symgrad show lab6.yaml              its solution in the terminal
  symgrad build lab6.yaml             ... as PDF and LaTeX
  symgrad check report.md --problem lab6.yaml
\b
Completion of commands and options in the shell, once in its start-up file:
  eval "$(_SYMGRAD_COMPLETE=bash_source symgrad)"       ~/.bashrc
  eval "$(_SYMGRAD_COMPLETE=zsh_source symgrad)"        ~/.zshrc
  _SYMGRAD_COMPLETE=fish_source symgrad | source        ~/.config/fish/config.fish
"""


@click.group(cls=Program, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symgrad", message="%(prog)s %(version)s")
def main() -> None:
    """Worked solutions for forward and backward passes: derived, numbered, on paper.

    Results go to stdout, messages to stderr. Exit status: 0 all is well, 1 a check found something
    wrong, 2 some input could not be used or something else failed, 130 ended by Ctrl-C. Of several
    files the highest counts, and every one is done.
    """


for command in (new, build, show, check, variants, grade, autograde, serve, schema, doctor):
    main.add_command(command)

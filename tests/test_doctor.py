"""What is installed, what is missing, and the command that brings it."""

import importlib.metadata
import os
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.commands.doctor import PACKAGES, PROGRAMS

PYPROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))


def doctor():
    return CliRunner().invoke(main, ["doctor"])


def row(out, name):
    (line,) = [line for line in out.splitlines() if line.split()[1:2] == [name]]
    return line


def test_versions_are_those_installed():
    out = doctor().stdout
    assert f"Python {sys.version.split()[0]}" in out
    for name in ("sympy", "numpy", "typst"):
        assert importlib.metadata.version(name) in row(out, name)


def test_every_dependency_is_listed():
    needed = {name.split(">")[0] for name in PYPROJECT["project"]["dependencies"]} - {"click"}
    assert needed == {package.name for package in PACKAGES if not package.extra}
    extras = {package.extra for package in PACKAGES if package.extra}
    assert extras <= set(PYPROJECT["project"]["optional-dependencies"])


def test_a_missing_program_comes_with_its_command(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    result = doctor()
    assert result.exit_code == 0
    assert "missing" in row(result.stdout, "pdflatex")
    assert "sudo apt install texlive-latex-extra" in row(result.stdout, "pdflatex")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "brew install --cask mactex-no-gui" in row(doctor().stdout, "pdflatex")


@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("echo Tool version 7.8.9 of 2020", "7.8.9"),
        (r"printf '\201\377 7.8.9'", "7.8.9"),  # in no encoding of this machine
        ("exit 1", "pdftoppm"),
    ],
)
def test_a_program_that_is_there_says_its_version(monkeypatch, tmp_path, script, shown):
    program = tmp_path / "pdftoppm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shown in row(doctor().stdout, "pdftoppm").split()[2]


def test_a_missing_package_is_told_on_stderr(monkeypatch):
    version = importlib.metadata.version

    def lacking(name):
        if name == "typst":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", lacking)
    result = doctor()
    assert result.exit_code == 2
    assert "missing" in row(result.stdout, "typst")
    assert result.stderr.startswith("missing: typst; ")
    assert f"{sys.executable} -m pip install" in result.stderr


def test_every_program_is_brought_by_one_command_on_each_system():
    for program in PROGRAMS:
        assert program.debian.startswith("sudo apt install ")
        assert program.mac.startswith("brew install ")
        assert program.windows.startswith("winget install ")

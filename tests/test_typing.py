"""The typed consumer is whole: it runs, and it uses everything that is public."""

import ast
from pathlib import Path

import consumer
import pytest

import symgrad as sg

TREE = ast.parse(Path(consumer.__file__).read_text(encoding="utf-8"))
USED = {node.attr for node in ast.walk(TREE) if isinstance(node, ast.Attribute)}
CLASSES = {name: thing for name in sg.__all__ if isinstance(thing := getattr(sg, name), type)}


def test_the_consumer_runs(tmp_path):
    assert consumer.main(tmp_path).read_text(encoding="utf-8").startswith("\\documentclass")


def test_the_consumer_uses_every_public_name():
    assert set(sg.__all__) <= USED


@pytest.mark.parametrize("name", [name for name in CLASSES if not issubclass(CLASSES[name], Exception)])
def test_the_consumer_uses_what_a_class_has(name):
    kind = CLASSES[name]
    fields = {field for field in getattr(kind, "__annotations__", {}) if not field.startswith("_")}
    members = {member for member in vars(kind) if not member.startswith("_")} | fields
    assert members - {"located"} <= USED  # its places are what is public of it

"""The JSON Schema of a problem file: every report fits it, and slips in keys and types do not."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.reading.described import json_schema
from symgrad.reading.schema import ProblemFile, validate
from symgrad.reading.yaml import load_yaml, read_yaml

FILES = sorted((Path(__file__).parents[1] / "reports").rglob("*.yaml"))
FORWARD = "forward: {L: sum(w)}\n"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_schema_and_is_printed():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    result = CliRunner().invoke(main, ["schema"])
    assert json.loads(result.stdout) == json_schema()
    assert set(json_schema()["properties"]) == set(ProblemFile.model_fields)


def test_the_help_tells_the_line_for_editors():
    assert "# yaml-language-server: $schema=" in CliRunner().invoke(main, ["schema", "--help"]).stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_report_fits(path):
    VALIDATOR.validate(load_yaml(path).data)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (FORWARD, True),
        (FORWARD + "backward: {of: L}", True),
        (FORWARD + "backward: {of: [L], wrt: [w]}", True),
        (FORWARD + "functions: {f(t): null}", True),
        (FORWARD + "update: {rate: 0.1, parameters: [w]}", True),
        (FORWARD + "report: {digits: 3}", True),
        ("forward: {L: 1}", True),
        ("title: no forward", False),
        ("forward: [L]", False),
        (FORWARD + "gievn: {w: 1}", False),
        (FORWARD + "backward: {of: []}", False),
        (FORWARD + "backward: {by: [w]}", False),
        (FORWARD + "report: {digits: 99}", False),
        (FORWARD + "report: {digits: '3'}", False),
        (FORWARD + "report: {engine: word}", False),
        (FORWARD + "update: {rate: 0.1}", False),
        (FORWARD + "update: {rate: 0.1, parameters: [w], steps: 0}", False),
        (FORWARD + "data: w", False),
    ],
)
def test_the_schema_and_the_reader_agree(text, fits):
    located = read_yaml(text, "problem.yaml")
    assert VALIDATOR.is_valid(located.data) == fits
    if fits:
        assert validate(located)
    else:
        with pytest.raises(InputError):
            validate(located)

"""The JSON Schema of a problem file: every report fits it, and slips in keys and types do not."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.reading.described import json_schema
from symgrad.reading.problem import load_problem
from symgrad.reading.schema import ProblemFile, validate
from symgrad.reading.sections import keys_of
from symgrad.reading.yaml import load_yaml, read_yaml

FILES = sorted((Path(__file__).parents[1] / "reports").rglob("*.yaml"))
FORWARD = "forward: {L: sum(w)}\n"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_schema_and_is_printed():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    result = CliRunner().invoke(main, ["schema"])
    assert json.loads(result.stdout) == json_schema()
    assert set(json_schema()["properties"]) == set(keys_of(ProblemFile))


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
        (FORWARD + "given: {w: [[1, 2.5], [3, 4]], b: [1], c: 1}", True),
        (FORWARD + "update: {rate: 0.1, parameters: [v], each: [{w: [1]}]}", True),
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


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("1", True),
        ("[1, 2]", True),
        ("[[1, 2]]", True),
        ("{file: w.npy}", True),
        ("{file: w.csv}", True),
        ("{file: w.txt}", False),
        ("{file: 1}", False),
        ("{file: w.npy, shape: [2]}", False),
        ("{}", False),
        ("[]", False),
        ("[[[1]]]", True),
        ("[[[[[1, 2]]]]]", True),
        ("[[[[[[1]]]]]]", False),
        ("true", False),
        ("a", False),
        ("[1/3, sqrt(2), pi]", True),
        ("", False),
    ],
)
def test_the_schema_and_the_reader_agree_about_numbers(tmp_path, given, fits):
    np.save(tmp_path / "w.npy", [1.0])
    (tmp_path / "w.csv").write_text("1")
    path = tmp_path / "problem.yaml"
    for text in (f"given: {{w: {given}}}", f"update: {{rate: 1, parameters: [v], each: [{{w: {given}}}]}}"):
        path.write_text(f"forward: {{L: sum(v * w)}}\n{text}", encoding="utf-8")
        assert VALIDATOR.is_valid(load_yaml(path).data) == fits
        if fits:
            load_problem(path)
        else:
            with pytest.raises(InputError):
                load_problem(path)

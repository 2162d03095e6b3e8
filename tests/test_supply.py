"""What symgrad is made from: permissive licences, a whole lock, an audit that does not pretend."""

import re
import tomllib
from pathlib import Path

import audit
import licences
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = ("test", "notebook", "browser", "dev")
EXTRA = PROJECT["optional-dependencies"]
STATED = [*PROJECT["dependencies"], *(text for extra in EXTRAS for text in EXTRA[extra])]
LOCKED = re.findall(r"^([\w.-]+)==([^\s;]+)", audit.LOCK.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", licences.needed())
def test_every_dependency_is_permissive(name):
    found = licences.licence(name)
    assert found
    assert found <= licences.PERMISSIVE | licences.NAMED


def test_all_dependencies_are_asked():
    direct = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert direct < set(licences.needed())


@pytest.mark.parametrize("text", STATED)
def test_the_lock_has_what_is_stated(text):
    wanted = Requirement(text)
    versions = [version for name, version in LOCKED if name == canonicalize_name(wanted.name)]
    assert wanted.name == "symgrad" or versions, "renew it: its first line says how"
    assert all(map(wanted.specifier.contains, versions))


SKIPPED = {"name": "a", "skip_reason": "not found"}
SOUND = {"name": "b", "version": "1", "vulns": []}
FAULTY = {"name": "c", "version": "2", "vulns": [{"id": "X-1"}]}


@pytest.mark.parametrize(
    ("packages", "sentence", "status"),
    [
        ([], "NOT AUDITED", 0),
        ([SKIPPED], "NOT AUDITED", 0),
        ([SKIPPED, SOUND], "no known vulnerabilities in 1 packages; no answer for 1", 0),
        ([SOUND], "no known vulnerabilities in 1 packages", 0),
        ([SKIPPED, SOUND, FAULTY], "known vulnerabilities: c 2: X-1", 1),
    ],
)
def test_an_audit_says_whom_it_asked(packages, sentence, status):
    said, code = audit.verdict(packages)
    assert said.startswith(sentence)
    assert code == status

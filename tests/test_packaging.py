"""What is shipped: the wheel holds what runs, the source archive what tests and documents it."""

import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
BOUND = re.compile(r"([\w.-]+)>=([\d.]+)")
SHIPPED = (
    "symgrad/**/*.py",
    "tests/**/*.py",
    "tests/**/*.yaml",
    "templates/*/*",
    "docs/**/*.*",
    "reports/**/*.yaml",
)


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    wheels = pytest.importorskip("hatchling.builders.wheel")
    sources = pytest.importorskip("hatchling.builders.sdist")
    folder = str(tmp_path_factory.mktemp("dist"))
    (wheel,) = wheels.WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    (sdist,) = sources.SdistBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    return zipfile.ZipFile(wheel), tarfile.open(sdist)


def here(*patterns):
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_what_runs_and_nothing_else(archives):
    names = {name for name in archives[0].namelist() if ".dist-info/" not in name}
    moved = {f"symgrad/{name}" for name in here("templates/*/*", "reports/**/*.yaml")}
    assert names == here("symgrad/**/*.py", "symgrad/py.typed") | moved


def test_the_source_archive_holds_everything(archives):
    names = {name.partition("/")[2] for name in archives[1].getnames()}
    pages = {
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "pyproject.toml",
        ".ci/run",
        ".ci/lowest.txt",
    }
    assert (here(*SHIPPED) | pages) - names == set()


def test_the_wheel_says_what_it_is(archives):
    (metadata,) = (name for name in archives[0].namelist() if name.endswith(".dist-info/METADATA"))
    text = archives[0].read(metadata).decode()
    assert f"\nVersion: {PROJECT['version']}\n" in text
    assert any(name.endswith("/LICENSE") for name in archives[0].namelist())
    assert "# symgrad" in text


def test_the_version_stands_in_one_place():
    places = [
        path for path in here("symgrad/**/*.py") if PROJECT["version"] in (ROOT / path).read_text("utf-8")
    ]
    assert places == []
    assert f"\n## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def padded(version):
    return [*version.split("."), "0", "0"][:3]


def test_the_lower_bounds_are_those_that_are_tested():
    lowest = (ROOT / ".ci" / "lowest.txt").read_text("utf-8")
    tested = dict(re.findall(r"^([\w.-]+)==([\d.]+)$", lowest, re.MULTILINE))
    bounds = dict(match.groups() for needed in NEEDED if (match := BOUND.match(needed)))
    assert len(bounds) == len(NEEDED)
    assert {name: padded(version) for name, version in bounds.items()} == {
        name: padded(version) for name, version in tested.items()
    }

"""What is shipped: the wheel holds what runs, the source archive what tests and documents it."""

import os
import re
import shutil
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


def built(root, folder):
    wheels = pytest.importorskip("hatchling.builders.wheel")
    sources = pytest.importorskip("hatchling.builders.sdist")
    return [
        Path(path)
        for builder in (wheels.WheelBuilder, sources.SdistBuilder)
        for path in builder(str(root)).build(directory=str(folder), versions=["standard"])
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return built(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def archives(files):
    wheel, sdist = files
    return zipfile.ZipFile(wheel), tarfile.open(sdist)


def here(*patterns):
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_what_runs_and_nothing_else(archives):
    names = {name for name in archives[0].namelist() if ".dist-info/" not in name}
    moved = {f"symgrad/{name}" for name in here("templates/*/*", "reports/**/*.yaml")}
    assert names == here("symgrad/**/*.py", "symgrad/languages/*.toml", "symgrad/py.typed") | moved


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
        ".ci/lock.txt",
    }
    assert (here(*SHIPPED) | pages) - names == set()


def test_another_folder_and_another_time_give_the_same_bytes(files, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ROOT, other, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache"))
    for path in other.rglob("*"):
        path.chmod(path.stat().st_mode & ~0o077)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = built(other, tmp_path / "dist")
    assert [path.name for path in again] == [path.name for path in files]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in files]


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

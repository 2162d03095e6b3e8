"""The documentation is true: its blocks run, its tables are the package's, its links lead somewhere."""

import re

import pytest
from generate import PAGES, ROOT, refreshed
from tables import TABLES

from symgrad.commands.new import new
from symgrad.operations import FORMULA_SIGNATURES, OPERATIONS
from symgrad.reading.problem import read_problem

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
LINK = re.compile(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = {"console", "python"}
READ = {"yaml", "text"}


def blocks(page, language):
    return [text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


@pages
def test_a_page_says_what_its_blocks_print(page):
    text = page.read_text(encoding="utf-8")
    assert refreshed(text) == text, "python docs/generate.py brings it up to date"


def test_a_page_that_is_behind_is_noticed():
    behind = "```console\n$ symgrad new --list\nnothing\n```\n"
    assert "lab6 " in refreshed(behind)
    assert refreshed("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n").endswith("```text\n2\n```\n")


def test_a_block_that_fails_is_an_error():
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        refreshed("```python\n1 / 0\n```\n")


@pages
def test_every_block_is_of_a_kind_that_is_tested(page):
    found = {name for name, _ in BLOCK.findall(page.read_text(encoding="utf-8"))}
    assert found <= RUN | READ | {"sh"}


def test_what_a_shell_is_told_is_what_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (readme,) = blocks(ROOT / "README.md", "sh")
    assert len(readme.splitlines()) == 2, "the first builds a report, the second runs the tests"
    (contributing,) = blocks(ROOT / "CONTRIBUTING.md", "sh")
    checks = [line for line in contributing.splitlines() if line.startswith(("ruff", "mypy"))]
    assert len(checks) == 3
    assert all(line in ci for line in checks)
    told = [page.name for page in PAGES if blocks(page, "sh")]
    assert told == ["README.md", "CONTRIBUTING.md"]


def test_the_readme_s_problem_file_can_be_read():
    first, *_ = blocks(ROOT / "README.md", "yaml")
    assert read_problem(first).of == "L"


def test_what_the_tutorial_shows_stands_in_its_files():
    shown = blocks(ROOT / "docs" / "tutorial.md", "yaml")
    folder = ROOT / "docs" / "exercise3"
    files = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml")))
    lines = [line for block in shown for line in block.splitlines()]
    assert lines
    assert [line for line in lines if line not in files.splitlines()] == []


def test_the_sheet_becomes_the_exercise(tmp_path):
    folder = ROOT / "docs" / "exercise3"
    made = tmp_path / "exercise3.yaml"
    new.callback(name=made, like="lab6", listed=False, sheet=folder / "sheet.md")
    assert made.read_text(encoding="utf-8") == (folder / "exercise3.yaml").read_text(encoding="utf-8")


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        file = (page.parent / target) if target else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), anchor


def test_every_table_stands_on_a_page():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in TABLES if f"<!-- begin {name} -->" not in text} == set()


def test_every_function_is_among_the_operations():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    calls = {signature.usage(name) for name, signature in FORMULA_SIGNATURES.items() if name in OPERATIONS}
    assert {call for call in calls if f"### `{call}`" not in page} == set()


def test_the_readme_is_one_page():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120

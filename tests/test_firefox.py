"""Pages in Firefox: all formulas are drawn, nothing is wider than the screen, and axe finds nothing."""

import importlib.util
import os
from importlib.resources import files
from pathlib import Path

import pytest
from firefox import PROGRAM, Firefox
from screens import COLLIDING, PROBLEMS, SQUEEZED, UNDRAWN, WIDTHS, built_in

MISSING = not (PROGRAM and importlib.util.find_spec("websocket"))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING and not os.environ.get("CI"), reason="no Firefox"),
]


@pytest.fixture(scope="module")
def firefox():
    found = Firefox()
    yield found
    found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return built_in(tmp_path_factory.mktemp("pages"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*PROBLEMS, "checked", "columns", "everything"])
def test_every_formula_is_drawn_and_nothing_is_wider_than_the_screen(firefox, pages, name, width):
    firefox.look(pages[name], width)
    assert firefox.run("return document.querySelectorAll('math').length") > 5
    assert firefox.run(UNDRAWN) == []
    assert firefox.run(SQUEEZED) == []
    assert firefox.run(COLLIDING) == []
    assert firefox.run("return document.documentElement.scrollWidth") <= width
    assert firefox.told == []


@pytest.mark.parametrize("name", ["lab6", "checked", "columns", "everything"])
def test_axe_finds_no_violation(firefox, pages, name):
    axe = os.environ.get("AXE_CORE") or files("axe_core_python") / "axe.min.js"
    firefox.look(pages[name], WIDTHS[0])
    firefox.run(Path(str(axe)).read_text("utf-8") + "; return null")
    found = firefox.run("return await axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 10
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []

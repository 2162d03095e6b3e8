"""Pages in Firefox: all formulas are drawn, nothing is wider than the screen, and axe finds nothing."""

import pytest
from firefox import NEEDED
from screens import COLLIDING, PROBLEMS, SQUEEZED, UNDRAWN, WIDTHS, built_in

pytestmark = NEEDED


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
    firefox.look(pages[name], WIDTHS[0])
    assert firefox.violations() == []

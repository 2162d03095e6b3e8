"""The page to type into, in Firefox: verdicts as one types, at both widths, and what axe finds."""

import time
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("python_multipart")

from firefox import NEEDED, OPEN
from screens import COLLIDING, SQUEEZED, UNDRAWN, WIDTHS
from served import serving

EXERCISE = Path(__file__).parents[1] / "docs" / "exercise3"
TYPED = "$z = W x + b$\n\n$\\frac{\\partial L}{\\partial p} = p + t$\n"
VERDICTS = "return [...document.querySelectorAll('.verdict-head strong')].map(head => head.textContent)"
SECONDS = 60
pytestmark = NEEDED


@pytest.mark.parametrize("width", WIDTHS)
def test_verdicts_come_as_one_types(firefox, width):
    with serving(EXERCISE, forget=True) as port:
        firefox.open(f"http://127.0.0.1:{port}/", width)
        firefox.run("document.getElementById('text').focus(); return null")
        firefox.type(TYPED)
        end = time.monotonic() + SECONDS
        while firefox.run(VERDICTS) != ["correct", "wrong"]:
            assert time.monotonic() < end, firefox.told
            time.sleep(0.1)
        firefox.run(OPEN)
        assert firefox.run("return document.querySelectorAll('#preview math').length") == 2
        assert firefox.run(UNDRAWN) == []
        assert firefox.run(COLLIDING) == []
        assert firefox.run(SQUEEZED) == []
        assert firefox.run("return document.documentElement.scrollWidth") <= width
        assert firefox.told == []
        assert firefox.violations() == []

"""Pages in a real browser: every formula is drawn, nothing is wider than the screen, all can be reached.

AXE_CORE may name the file of a newer axe-core than that of the extra ``browser``.
"""

import importlib.util
import os
import shutil

import pytest
from screens import COLLIDING, PROBLEMS, SCHEMES, SQUEEZED, UNDRAWN, WIDTHS, axe_core, built_in, violations_in
from test_writing_html import HOSTILE, everything

from symgrad.writing.html import to_html

DRIVER = shutil.which("chromedriver")
MISSING = not (DRIVER and shutil.which("chromium") and importlib.util.find_spec("selenium"))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING and not os.environ.get("CI"), reason="no Chromium with its driver"),
]


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver  # noqa: PLC0415 (not installed everywhere)

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return built_in(tmp_path_factory.mktemp("pages"))


def look(browser, path, width=1280, scheme="light", unfolded=True):
    """Open a page on a screen of a width; its folds open unless told otherwise."""
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    media = [{"name": name, "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(path.as_uri())
    if unfolded:
        browser.execute_script("for (const fold of document.querySelectorAll('details')) fold.open = true")


def seen(browser, element):
    """Whether an element is drawn: WebDriver's own answer knows nothing of folds."""
    return browser.execute_script("return arguments[0].checkVisibility()", element)


def find(browser, selector):
    return browser.find_elements("css selector", selector)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*PROBLEMS, "checked", "columns", "everything"])
def test_every_formula_is_drawn_and_nothing_is_wider_than_the_screen(browser, pages, name, width):
    look(browser, pages[name], width)
    assert len(find(browser, "math")) > 5
    assert browser.execute_script(UNDRAWN) == []
    assert browser.execute_script(SQUEEZED) == []
    assert browser.execute_script(COLLIDING) == []
    measured = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(measured) <= 0
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["lab6", "practical1", "gallery/batch_norm", "checked", "everything"])
def test_axe_finds_no_violation(browser, pages, name, scheme, width):
    look(browser, pages[name], width, scheme)
    browser.execute_script(axe_core())
    # Where a page passes is counted by rule: to name its thousands of places takes longer than to find them.
    options = "{resultTypes: ['violations']}"
    found = browser.execute_async_script(f"axe.run(document, {options}).then(arguments[0])")
    assert violations_in(found) == []


def test_numbers_stand_right_of_their_symbols_and_below_them_on_a_narrow_screen(browser, pages):
    places = """
        return [...document.querySelectorAll("#forward .halves:has(.body)")].map(run => {
          const place = (selector) => run.querySelector(selector).getBoundingClientRect();
          const [symbols, numbers] = [".body > *", ".across > *"].map(place);
          return [symbols.right, numbers.left, symbols.bottom, numbers.top];
        });
    """
    look(browser, pages["columns"])
    found = browser.execute_script(places)
    assert len(found) > 5
    assert all(right < left and top < bottom for right, left, bottom, top in found)
    assert len({round(left) for _, left, _, _ in found}) == 1
    look(browser, pages["columns"], 390)
    assert any(left <= right for right, left, _, _ in browser.execute_script(places))


def test_a_fold_opens_and_shows_its_equations(browser, pages):
    look(browser, pages["lab6"], unfolded=False)
    fold, *_ = find(browser, "main details")
    (inside, *_) = fold.find_elements("css selector", ".equation")
    assert not seen(browser, inside)
    fold.find_element("css selector", "summary").click()
    assert seen(browser, inside)


def test_links_lead_to_their_passages(browser, pages):
    look(browser, pages["lab6"])
    for selector in ("nav a[href='#gradient-W2']", "svg a[href='#gradient-W2']"):
        browser.execute_script("history.replaceState(null, '', location.pathname); scrollTo(0, 0)")
        find(browser, selector)[0].click()
        assert browser.current_url.endswith("#gradient-W2")
        (target,) = find(browser, ":target")
        assert target.find_element("css selector", "h3").text.startswith("Gradient with respect to")


def test_contents_stand_open_on_a_wide_screen_and_closed_on_a_narrow_one(browser, pages):
    for width in WIDTHS:
        look(browser, pages["lab6"], width, unfolded=False)
        assert seen(browser, find(browser, "nav a")[0]) == (width > 1000)


def test_the_button_copies_the_latex(browser, pages):
    look(browser, pages["lab6"])
    permission = {"permission": {"name": "clipboard-write"}, "setting": "granted"}
    browser.execute_cdp_cmd("Browser.setPermission", permission)
    browser.execute_script("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    button, *_ = find(browser, "#forward button.copy")
    assert seen(browser, button)
    button.click()
    assert browser.execute_script("return window.copied") == r"\vec{u} = W_1 \vec{x} + \vec{b}_1"


def test_without_the_script_only_the_buttons_are_missing(browser, pages):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        look(browser, pages["lab6"], unfolded=False)
        assert not any(seen(browser, button) for button in find(browser, "button"))
        assert seen(browser, find(browser, "#gradient-W2 math")[0])
        find(browser, "#gradient-W2 summary")[0].click()
        assert seen(browser, find(browser, "#gradient-W2 details .equation")[0])
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_text_can_be_selected(browser, pages):
    look(browser, pages["lab6"])
    chosen = browser.execute_script("""
        const range = document.createRange();
        range.selectNodeContents(document.querySelector("#forward"));
        getSelection().addRange(range);
        return getSelection().toString();
    """)
    assert "Forward Propagation" in chosen
    assert "ReLU" in chosen


def test_folds_stand_open_on_paper(browser, pages):
    look(browser, pages["lab6"], unfolded=False)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert all(seen(browser, fold) for fold in find(browser, "main details .equation"))
        assert not any(seen(browser, part) for part in find(browser, "nav, .copy, summary"))
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_does_nothing(browser, tmp_path, text):
    path = tmp_path / "hostile.html"
    path.write_text(to_html(everything(text)), "utf-8")
    look(browser, path)
    assert find(browser, "h1")[0].text == " ".join(text.split())
    assert browser.title == " ".join(text.split())
    assert browser.get_log("browser") == []

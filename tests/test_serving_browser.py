"""The pages of the server in a real browser: typed into, by keys alone, on a telephone, in the dark."""

import shutil
import time
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("python_multipart")

from screens import COLLIDING, SCHEMES, SQUEEZED, UNDRAWN, WIDTHS, axe_core, violations_in
from served import Visitor, serving
from test_browser import browser, find, pytestmark, seen  # noqa: F401 (a fixture, and who may be skipped)
from test_serving_class import marked  # noqa: F401
from test_writing_html import HOSTILE

EXERCISE = Path(__file__).parents[1] / "docs" / "exercise3"
WORK = (EXERCISE / "second.md").read_text("utf-8")
SECONDS = 60
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"


@pytest.fixture(scope="module")
def place(marked, tmp_path_factory):  # noqa: F811
    """Where a server answers that has a class, too."""
    folder = tmp_path_factory.mktemp("problems")
    shutil.copy(EXERCISE / "exercise3.yaml", folder)
    (folder / "net.yaml").write_text("title: A small net\nforward: {p: w * x, L: p**2}\n")
    with serving(folder, graded=marked / "out", forget=True) as port:
        yield f"http://127.0.0.1:{port}"


def wait(browser, condition):  # noqa: F811
    """Until a condition holds."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, browser.get_log("browser")
        time.sleep(0.05)
    return found


def look(browser, address, width=1280, scheme="light"):  # noqa: F811
    """Somebody who was not there before opens a page on a screen."""
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    media = [{"name": name, "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(address)
    browser.delete_all_cookies()
    browser.get(address)
    browser.get_log("browser")


def desk(browser, place, text="", **screen):  # noqa: F811
    """The page with a work that is judged, its folds open."""
    look(browser, f"{place}/?problem=exercise3.yaml", **screen)
    wait(browser, lambda: find(browser, "#problem-shown math"))
    if text:
        put(browser, text)
    browser.execute_script(UNFOLD)


def put(browser, text):  # noqa: F811
    """A text in the field, as if it was pasted; waits for its verdicts."""
    browser.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        browser.find_element("id", "text"),
        text,
    )
    wait(browser, lambda: verdicts(browser) or find(browser, "#fault:not([hidden])"))


def verdicts(browser):  # noqa: F811
    heads = "[...document.querySelectorAll('#verdicts .verdict-head strong')]"
    return browser.execute_script(f"return {heads}.map(head => head.textContent)")


def violations(browser):  # noqa: F811
    """What axe-core finds, in frames of ours, too."""
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    browser.execute_script(axe_core())
    options = "{resultTypes: ['violations'], iframes: false}"
    found = browser.execute_async_script(f"axe.run(document, {options}).then(arguments[0])")
    return violations_in(found)


def narrow(browser):  # noqa: F811
    """How much a page is wider than its screen."""
    root = "document.documentElement"
    return browser.execute_script(f"return {root}.scrollWidth - {root}.clientWidth")


def test_verdicts_come_as_one_types(browser, place):  # noqa: F811
    desk(browser, place)
    field = browser.find_element("id", "text")
    field.send_keys("# Mine\n\n$z = W x + b$\n\n$\\frac{\\partial L}{\\partial p} = p + t$\n")
    wait(browser, lambda: verdicts(browser) == ["correct", "wrong"])
    assert browser.find_element("id", "said").text == "2 lines: 1 correct, 1 wrong"
    rows = {row.text: row.get_attribute("class") for row in find(browser, "#gutter span")}
    assert rows["✓ 3"] == "correct"
    assert rows["✗ 5"] == "wrong"
    assert "more is said" in find(browser, "#verdicts .is-wrong")[0].text
    assert len(find(browser, "#preview math")) == 2
    browser.execute_script("arguments[0].setSelectionRange(2, 2)", field)
    line = "p + t"
    place_of = field.get_property("value").index(line) + len(line)
    browser.execute_script("arguments[0].setSelectionRange(arguments[1], arguments[1])", field, place_of)
    time.sleep(3.1)  # so long a text stands before it counts as a try
    field.send_keys("^2")
    wait(browser, lambda: "after 2 tries" in browser.find_element("id", "verdicts").text)
    field.send_keys("\b\b\b\b\b- t")
    wait(browser, lambda: verdicts(browser) == ["correct", "correct"])
    assert browser.get_log("browser") == []


def test_a_file_is_opened_and_checked(browser, place, tmp_path):  # noqa: F811
    desk(browser, place)
    path = tmp_path / "mine.tex"
    path.write_text("\\section{Mine}\n\\[z = W x + b\\]\n")
    browser.find_element("id", "file").send_keys(str(path))
    wait(browser, lambda: verdicts(browser) == ["correct"])
    assert browser.find_element("id", "kind").get_property("value") == "tex"
    picture = tmp_path / "mine.md"
    picture.write_bytes(b"\x89PNG\xff")
    browser.find_element("id", "file").send_keys(str(picture))
    fault = wait(browser, lambda: find(browser, "#fault:not([hidden])"))[0]
    assert fault.text == "mine.md: it is no UTF-8 text; a PDF or a picture cannot be read"
    assert "\\section" in browser.find_element("id", "text").get_property("value")


def test_a_problem_is_chosen_and_each_keeps_its_work(browser, place):  # noqa: F811
    desk(browser, place, WORK)
    choose = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
    field = browser.find_element("id", "problem")
    browser.execute_script(choose, field, "net.yaml")
    wait(browser, lambda: len(find(browser, "#problem-shown .task")) == 1)
    put(browser, "$p = w x$")
    wait(browser, lambda: verdicts(browser) == ["correct"])
    browser.execute_script(choose, field, "exercise3.yaml")
    wait(browser, lambda: len(verdicts(browser)) == 5)
    assert browser.find_element("id", "text").get_property("value") == WORK
    browser.refresh()
    wait(browser, lambda: len(verdicts(browser)) == 5)
    browser.execute_script(choose, browser.find_element("id", "problem"), ":own")
    own = browser.find_element("id", "own")
    wait(browser, lambda: seen(browser, own))
    own.send_keys("forward: {L: summ(v)}")
    fault = browser.find_element("id", "problem-fault")
    wait(browser, lambda: "did you mean 'sum'?" in fault.text)


def test_everything_is_reached_by_keys(browser, place):  # noqa: F811
    desk(browser, place, WORK)
    from selenium.webdriver import ActionChains, Keys  # noqa: PLC0415 (not installed everywhere)

    focused = "return document.activeElement.id || document.activeElement.className"
    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    seen_by_keys = []
    for _ in range(40):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        seen_by_keys.append(browser.execute_script(focused))
    wanted = ["skip", "problem", "kind", "file", "text", "goto"]
    places = [seen_by_keys.index(name) for name in wanted]
    assert places == sorted(places)
    button = find(browser, "button.goto")[3]
    button.send_keys("\n")
    chosen = (
        "return [document.activeElement.id, document.activeElement.value.slice("
        "document.activeElement.selectionStart, document.activeElement.selectionEnd)]"
    )
    active, text = browser.execute_script(chosen)
    assert active == "text"
    assert text == WORK.splitlines()[8]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", ["desk", "class", "student"])
def test_every_screen_holds_the_page_and_axe_finds_no_violation(browser, place, page, scheme, width):  # noqa: F811
    if page == "desk":
        desk(browser, place, WORK, width=width, scheme=scheme)
        assert browser.execute_script(UNDRAWN) == []
        assert browser.execute_script(COLLIDING) == []
        assert browser.execute_script(SQUEEZED) == []
    else:
        look(browser, f"{place}/class", width, scheme)
        if page == "student":
            find(browser, "tbody a")[0].click()
            wait(browser, lambda: find(browser, "iframe"))
            browser.execute_script(UNFOLD)
    assert narrow(browser) <= 0
    assert browser.get_log("browser") == []
    assert violations(browser) == []


def test_a_decision_is_made_on_the_page(browser, place):  # noqa: F811
    look(browser, f"{place}/class?line=wrong")
    find(browser, "tbody a")[0].click()
    wait(browser, lambda: find(browser, "iframe"))
    (entry, *_) = find(browser, "li.is-wrong")
    entry.find_element("css selector", "summary").click()
    browser.execute_script("arguments[0].value = 'correct'", entry.find_element("name", "value"))
    entry.find_element("name", "why").send_keys("means the row\n")
    wait(browser, lambda: "means the row" in "".join(each.text for each in find(browser, ".decided")))
    frame = find(browser, "iframe")[0]
    browser.switch_to.frame(frame)
    assert "decided by hand: means the row" in find(browser, "main")[0].text
    browser.switch_to.default_content()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_does_nothing(browser, place, text):  # noqa: F811
    desk(browser, place)
    put(browser, f"# {text}\n\n$z = W x$ and {text}\n\n$$p = \\text{{{text}}}$$\n")
    assert browser.title == "Check a derivation · symgrad"
    assert browser.execute_script("return document.querySelectorAll('script').length") == 1
    assert browser.get_log("browser") == []


def test_a_visitor_sees_nothing_of_another(place):
    one, other = Visitor(int(place.rpartition(":")[2])), Visitor(int(place.rpartition(":")[2]))
    one.get("/")
    one.check("$z = W x + b$", "exercise3.yaml")
    other.get("/")
    assert other.get("/draft?problem=exercise3.yaml").json["text"] == ""

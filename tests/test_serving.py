"""The page to type into, spoken with over HTTP: verdicts, hints by tries, and what nobody may do with it."""

import json
import os
import re
import shutil
import socket
import sqlite3
import time
from contextlib import suppress

import pytest
from click.testing import CliRunner

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("python_multipart")

from pages import read
from served import Visitor, serving, slowly
from test_writing_html import HOSTILE

from symgrad.checking.check import check_text
from symgrad.cli import main
from symgrad.commands import serve
from symgrad.reading.problem import read_problem
from symgrad.serving.pool import Crowded, Dropped, Pool
from symgrad.serving.tries import STOOD, level_of, released

PROBLEM = "title: A <b>net</b>\nforward: {p: w * x, L: p**2}\ngiven: {w: 3, x: 2}\nbackward: {wrt: [w, x]}\n"
GOOD = "# Mine\n\nWe have $$p = w x$$\n\n$$\\frac{dL}{dw} = 2 p x$$\n"
BAD = GOOD.replace("2 p x", "3 p x")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two problems, and what is none."""
    place = tmp_path_factory.mktemp("served")
    (place / "net.yaml").write_text(PROBLEM)
    (place / "deep").mkdir()
    (place / "deep" / "other.yml").write_text("forward: {L: v**2}\n")
    (place / "deep" / "twin.yaml").write_text("title: 'Twins'\nforward: {L: v**2}\n")
    (place / "twin.yaml").write_text("title: Twins\nforward: {L: v**2}\n")
    (place / "broken.yaml").write_text("title: [\nforward: {L: v**2}\n")
    (place / "rubric.yaml").write_text("points: {dL/dw: 1}\n")
    (place / ".hidden.yaml").write_text(PROBLEM)
    (place / "linked.yaml").symlink_to(place / "net.yaml")
    return place


@pytest.fixture(scope="module")
def port(folder):
    with serving(folder, forget=True) as number:
        yield number


@pytest.fixture
def visitor(port):
    visitor = Visitor(port)
    visitor.page = visitor.get("/")
    return visitor


def test_the_page_holds_no_script_and_no_style_of_its_own(visitor):
    assert visitor.page.status == 200
    policy = visitor.page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    tree = read(visitor.page.text)
    (script,) = tree.all("script")
    assert script.attributes == {"src": "/work.js", "defer": None}
    assert not [*tree.all("style")]
    names = {name for element in tree.all() for name in element.attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    for name, kind in (("look.css", "text/css"), ("serve.css", "text/css"), ("work.js", "text/javascript")):
        assert visitor.get(f"/{name}").headers["content-type"].startswith(kind)


def test_the_problems_of_the_folder_are_offered_by_title(visitor):
    options = {e.attributes["value"]: e.text() for e in read(visitor.page.text).all("option")}
    assert options["net.yaml"] == "A <b>net</b>"
    assert options["deep/other.yml"] == "deep/other.yml"
    assert options["twin.yaml"] == "Twins (twin.yaml)"
    assert options["broken.yaml"] == "broken.yaml"
    assert "error" in visitor.post("/problem", problem="broken.yaml").json["fault"]
    assert not {"rubric.yaml", ".hidden.yaml", "linked.yaml"} & options.keys()


def test_every_line_has_a_verdict_in_a_word(visitor):
    found = visitor.check(BAD)
    assert found["said"] == "2 lines: 1 correct, 1 wrong"
    assert found["rows"] == {"3": "correct", "5": "wrong"}
    items = [*read(found["verdicts"]).all("li")]
    assert [next(item.all("strong")).text() for item in items] == ["correct", "wrong"]
    assert "line 2, row 5" in items[1].text()
    shown = read(found["preview"])
    assert len([*shown.all("math")]) >= 2
    assert "Mine" in shown.text()
    assert "We have" in shown.text()


def test_nothing_typed_is_no_fault(visitor):
    assert visitor.check(" ") == {"fault": "", "preview": "", "verdicts": "", "said": "", "rows": {}}
    assert visitor.check("words alone")["said"].startswith("No line yet")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_is_escaped(visitor, text):
    found = visitor.check(f"# {text}\n\n{text} $x = {text}$\n\n$$p = \\text{{{text}}}$$")
    for part in (found["verdicts"], found["preview"]):
        tree = read(part)
        assert not [*tree.all("script"), *tree.all("img"), *tree.all("iframe")]
        names = {name for element in tree.all() for name in element.attributes}
        assert not [name for name in names if name.startswith("on")]
    page = visitor.get("/")
    field = next(e for e in read(page.text).all("textarea") if e.attributes["id"] == "text")
    assert text.splitlines()[0][:20] in field.text()


def test_a_problem_that_was_saved_again_is_read_again(visitor, folder):
    path = folder / "deep" / "twin.yaml"
    assert visitor.check("$dL/dv = 2 v$", "deep/twin.yaml")["rows"] == {"1": "correct"}
    path.write_text("title: 'Twins'\nforward: {L: v**3}\n")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    assert visitor.check("$dL/dv = 2 v$", "deep/twin.yaml")["rows"] == {"1": "wrong"}


def test_the_problem_is_shown_as_questions(visitor):
    found = visitor.post("/problem", problem="net.yaml").json
    text = read(found["html"]).text()
    assert "The forward pass computes" in text
    assert "Derive" in text
    assert "Name:" not in text


def test_a_problem_of_ones_own_and_one_that_the_work_states(visitor):
    own = "forward: {L: v**3}"
    assert visitor.check("$dL/dv = 3 v^2$", ":own", own=own)["rows"] == {"1": "correct"}
    assert visitor.check("$L = v^2$\n\n$dL/dv = 3 v$", ":work")["rows"]["3"] == "wrong"
    broken = visitor.post("/problem", problem=":own", own="forward: {L: summ(v)}").json
    assert "your problem:1" in broken["fault"]
    assert "did you mean 'sum'?" in broken["fault"]


@pytest.mark.parametrize("name", ["/etc/passwd", "numbers.npy", "../net.csv"])
def test_a_problem_that_is_pasted_reads_no_file(visitor, name):
    own = f"forward: {{L: sum(v)}}\ngiven: {{v: {{file: '{name}'}}}}"
    assert "file" in visitor.post("/problem", problem=":own", own=own).json["fault"]


def test_a_file_becomes_the_text(visitor):
    cells = [
        {"cell_type": "markdown", "source": ["$p = w x$"]},
        {"cell_type": "code", "source": ["import os"]},
    ]
    found = visitor.send("/upload", "lab.ipynb", json.dumps({"cells": cells}).encode()).json
    assert found == {"fault": "", "text": "$p = w x$", "kind": "md"}
    assert visitor.send("/upload", "a.tex", b"\xef\xbb\xbf$p$").json == {
        "fault": "",
        "text": "$p$",
        "kind": "tex",
    }
    refused = {"a.pdf": b"%PDF", "b.md": b"\xff\xfe", "c.ipynb": b"{}", "d.md": b"a" * 300_000}
    for name, content in refused.items():
        found = visitor.send("/upload", name, content).json
        assert found["fault"]
        assert "text" not in found


@pytest.mark.parametrize(("to", "begin"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF")])
def test_the_report_is_a_file_that_says_no_more_than_the_page(visitor, to, begin):
    found = visitor.post("/report", problem="net.yaml", text=BAD, kind="md", to=to)
    assert found.content.startswith(begin)
    assert found.headers["content-disposition"] == f'attachment; filename="work.check.{to}"'
    assert b"The answer" not in found.content
    assert visitor.post("/report", problem="net.yaml", text=BAD, kind="md", to="exe").status == 400


# Hints.


def shown(text, tries, at, most="answer"):
    found = released(check_text(text, read_problem(PROBLEM)), tries, at, most)
    check, tries = found.check, found.tries
    (wrong,) = (judged for judged in check.lines if judged.verdict == "wrong")
    (known,) = tries.values()
    level = level_of(known.changes, most)
    assert (wrong.right is not None, wrong.witness is not None) == (level == "answer",) * 2
    assert level != "where" or (wrong.hint, wrong.mistake) == (None, None)
    return level, found.more, tries


def test_more_is_said_of_a_line_that_was_changed():
    tries, found = {}, []
    for n, factor in enumerate("34567"):
        level, more, tries = shown(GOOD.replace("2 p x", f"{factor} p x"), tries, n * STOOD)
        found.append((level, more))
    levels = [level for level, _ in found]
    assert levels[0] == "where"
    assert levels[1] == levels[2] == "rule"
    assert levels[3:] == ["answer", "answer"]
    assert [more for _, more in found] == [{2: 3}, {2: 2}, {2: 1}, {}, {}]  # no cause of these is known
    assert shown(GOOD.replace("2 p x", "2 p w"), {}, 0)[:2] == ("where", {2: 1})


def test_looking_again_typing_on_and_going_back_are_no_tries():
    level, _, tries = shown(BAD, {}, 0)
    for n in range(1, 9):
        level, _, tries = shown(BAD + "\nwords" * n, tries, n * STOOD)  # the line as it was
        assert level == "where"
    at = 9 * STOOD
    for n, factor in enumerate(("4", "45", "456", "3 ")):  # on the way to the first text again
        level, _, tries = shown(GOOD.replace("2 p x", f"{factor} p x"), tries, at + n / 10)
    assert level == "where"


def test_no_more_is_said_than_the_server_allows():
    tries = {}
    for n, factor in enumerate("345678"):
        level, more, tries = shown(GOOD.replace("2 p x", f"{factor} p x"), tries, n * STOOD, "rule")
    assert (level, more) == ("rule", {})


def test_the_page_keeps_the_answer_back(visitor):
    found = visitor.check(BAD)["verdicts"]
    assert "more is said after 3 tries" in found
    assert not re.search("Hint|The right line", found)


# Who may ask.


def test_another_name_for_this_machine_is_refused(visitor):
    for host in ("evil.example", f"evil.example:{visitor.port}", "127.0.0.1.evil.example"):
        visitor.host = host
        assert visitor.get("/").status == 421
    visitor.host = f"localhost:{visitor.port}"
    assert visitor.get("/").status == 200


def test_a_form_of_another_page_is_refused(visitor):
    for origin in ("https://evil.example", "null", f"http://localhost:{visitor.port}", None):
        assert visitor.post("/check", origin=origin, problem="net.yaml", text=GOOD).status == 403
    known = visitor.form
    for form in ("", "0" * 64):
        assert visitor.post("/check", form=form, problem="net.yaml", text=GOOD).status == 403
    other = Visitor(visitor.port)
    other.get("/")
    assert other.post("/check", form=known, problem="net.yaml", text=GOOD).status == 403
    assert visitor.post("/check", problem="net.yaml", text=GOOD).status == 200


@pytest.mark.parametrize(
    "name", ["../net.yaml", "rubric.yaml", ".hidden.yaml", "linked.yaml", "/etc/passwd", ""]
)
def test_what_is_not_offered_cannot_be_had(visitor, name):
    assert visitor.post("/check", problem=name, text=GOOD).status == 404
    assert visitor.post("/problem", problem=name).status == 404


def test_limits_of_what_is_sent(visitor):
    assert visitor.post("/check", problem="net.yaml", text="a" * 200_001).status == 413
    told = {"Origin": f"http://{visitor.host}", "Content_Type": "application/x-www-form-urlencoded"}
    assert visitor.ask("POST", "/check", b"", **told, Content_Length="2600000").status == 413
    pieces = (b"a=" + b"b" * 100_000 for _ in range(40))  # without a length
    with suppress(ConnectionError):  # it hangs up in the midst of what is too long
        assert visitor.ask("POST", "/check", pieces, **told, Transfer_Encoding="chunked").status == 413
    many = {f"f{n}": "x" for n in range(30)}
    assert visitor.post("/check", problem="net.yaml", **many).status == 400
    for method in ("PUT", "DELETE", "TRACE", "OPTIONS"):
        assert visitor.ask(method, "/").status == 405
    assert visitor.get("/class").status == 404


def test_with_a_token_only_who_knows_it(folder):
    with serving(folder, token="a long word", forget=True) as port:
        stranger = Visitor(port)
        gate = stranger.get("/")
        assert gate.status == 401
        assert 'type="password"' in gate.text
        assert "net.yaml" not in gate.text
        assert stranger.get("/serve.css").status == 200
        for path in ("/draft?problem=net.yaml", "/work.js", "/?token=a+wrong+word"):
            assert stranger.get(path).status == 401
        assert stranger.post("/check", problem="net.yaml", text=GOOD).status == 401
        assert not stranger.cookie
        forged = Visitor(port)
        forged.cookie = f"symgrad-{port}={'a' * 43}.{'0' * 64}"
        assert forged.get("/").status == 401
        friend = Visitor(port)
        assert friend.get("/?token=a+long+word").headers["location"] == "/"
        assert friend.get("/").status == 200
        typed = Visitor(port)
        assert typed.post("/enter", token="a wrong word").status == 403
        assert typed.post("/enter", token="a long word").status == 303
        assert typed.get("/").status == 200


# What is kept.


def test_a_draft_outlives_the_server_and_is_nobody_elses(folder, tmp_path):
    place = tmp_path / "problems"
    shutil.copytree(folder, place, symlinks=True)
    visitor = Visitor(0)
    for turn in range(2):
        with serving(place) as port:
            visitor.port, visitor.host = port, f"127.0.0.1:{port}"
            visitor.cookie = re.sub(r"symgrad-\d+", f"symgrad-{port}", visitor.cookie)
            page = visitor.get("/")
            assert (GOOD.split("\n")[0] in page.text) == bool(turn)
            visitor.check(GOOD)
            assert visitor.get("/draft?problem=net.yaml").json["text"] == GOOD
            other = Visitor(port)
            other.get("/")
            assert other.get("/draft?problem=net.yaml").json["text"] == ""
    with sqlite3.connect(place / "symgrad-serve.sqlite") as book:
        ((whose, text),) = book.execute("SELECT whose, text FROM drafts").fetchall()
    assert text == GOOD
    assert whose not in visitor.cookie


def test_nothing_is_kept_that_is_to_be_forgotten(folder, visitor):
    visitor.check(GOOD)
    assert not (folder / "symgrad-serve.sqlite").exists()


# The processes.


@pytest.fixture
def pool():
    pool = Pool(slowly, 1, 3.0, lambda task, how: how)
    assert pool.submit(("warm", ""), 0).result(60) == 0
    yield pool
    pool.close()


def test_the_newest_task_of_a_desk_wins(pool):
    first = pool.submit(("ana", "check"), 0.5)
    time.sleep(0.2)
    older = pool.submit(("ana", "check"), 0.1)
    other = pool.submit(("bo", "check"), 0.2)
    newer = pool.submit(("ana", "check"), 0.3)
    with pytest.raises(Dropped):
        older.result(1)
    assert [first.result(5), newer.result(5), other.result(5)] == [0.5, 0.3, 0.2]


def test_nobody_is_waited_for_longer_than_patience(pool, monkeypatch):
    monkeypatch.setattr("symgrad.serving.pool.PATIENCE", 0.3)
    long = pool.submit(("ana", "check"), 2.5)
    time.sleep(0.2)
    newer = pool.submit(("ana", "check"), 0.01)
    with pytest.raises(Dropped):
        long.result(2)
    assert newer.result(60) == 0.01


def test_a_process_that_ends_or_hangs_costs_its_task_only(pool):
    assert pool.submit(("ana", "check"), "end").result(60) == "ended"
    assert pool.submit(("ana", "check"), 60).result(60) == "took more than 3 seconds"
    assert pool.submit(("ana", "check"), 0.01).result(60) == 0.01


def test_too_many_are_told_so(pool, monkeypatch):
    monkeypatch.setattr("symgrad.serving.pool.MOST_WAITING", 1)
    running = pool.submit(("ana", "check"), 0.3)
    time.sleep(0.2)
    waiting = pool.submit(("bo", "check"), 0)
    with pytest.raises(Crowded):
        pool.submit(("cy", "check"), 0)
    assert (running.result(5), waiting.result(5)) == (0.3, 0)


# The command.


def command(*arguments):
    return CliRunner().invoke(main, ["serve", *map(str, arguments)])


def test_without_the_extra_it_says_what_brings_it(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "NEEDS", ("starlette", "a_package_that_is_not_there"))
    done = command(tmp_path)
    assert done.exit_code == 2
    assert "needs a_package_that_is_not_there" in done.output
    assert "pip install 'symgrad[web]'" in done.output
    assert "Traceback" not in done.output


def test_what_cannot_be_served_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cases = {
            "there is no folder": (tmp_path / "none",),
            "holds no marked class": (tmp_path, "--class", tmp_path),
            "others can reach": (tmp_path, "--host", "0.0.0.0"),
            "cannot listen": (tmp_path, "--port", port),
            "unknown level of hints": (tmp_path, "--hints", "all"),
        }
        for said, arguments in cases.items():
            done = command(*arguments)
            assert done.exit_code == 2
            assert said in done.output

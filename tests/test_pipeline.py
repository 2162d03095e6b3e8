"""The pipeline: stages in order, choices, files whole or not at all."""

from pathlib import Path

import pytest

from symgrad import pipeline, rendering
from symgrad.errors import InputError, NotSupported
from symgrad.pipeline import build, solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, Look, look_of
from symgrad.styles.manner import Manner
from symgrad.writing.engines import EngineMissing
from symgrad.writing.files import write_files

DATA = Path(__file__).parent / "data"
PLAIN = "forward: {L: w**2}\ngiven: {w: 3}\n"
CROSS_ENTROPY = "forward: {p: softmax(z), L: -sum(t * log(p))}\nbackward: {wrt: [z]}\n"


@pytest.fixture
def problem_file(tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)
    return path


def names(folder):
    return {path.name for path in folder.iterdir()}


# --- solving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "used"),
    [
        ("", []),
        ("data: [t]\nassume: [sum(t) == 1]\n", ["t"]),
        ("given: {t: [0, 1, 0], z: [1, 2, 3]}\n", ["t"]),
        ("given: {t: [0.5, 0.25, 0.25]}\nassume: ['1 * sum(t) == 1']\n", None),
    ],
)
def test_facts_that_are_stated_or_seen(more, used):
    if used is None:
        with pytest.raises(NotSupported, match="not supported yet"):
            solve(read_problem(CROSS_ENTROPY + more))
    else:
        assert [fact.name for fact in solve(read_problem(CROSS_ENTROPY + more)).derivation.facts] == used


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("given: {t: [1, 1]}\n", "the given 't' contradicts this fact"),
        ("given: {t: [1, 0]}\nupdate: {rate: 1, parameters: [t]}\n", "'t' is updated"),
    ],
)
def test_a_fact_that_does_not_hold_is_an_input_error_at_its_place(more, message):
    text = CROSS_ENTROPY + more + "assume: [sum(t) == 1]"
    with pytest.raises(InputError, match=message) as caught:
        solve(read_problem(text))
    assert caught.value.place.text == "assume: [sum(t) == 1]"


@pytest.mark.parametrize(
    ("forward", "more", "fact", "message", "hint"),
    [
        (  # 3 + 4, where the numbers are
            "{u: 2 * x, L: sum(u**2)}",
            "given: {x: [1.5, 2]}\n",
            "sum(u) == 1",
            "the numbers contradict this fact about 'u'",
            "its sum is 7.0",
        ),
        (
            "{p: 2 * softmax(z), L: -sum(t * log(p))}",
            "",
            "sum(p) == 1",
            "this fact about 'p' does not follow from its formula",
            "its sum is 2.0",
        ),
        (  # true of these numbers alone
            "{u: W @ x, L: sum(u**2)}",
            "given: {W: [[1, 2], [3, 4]], x: [0.5, -0.25]}\n",
            "sum(u) == 0.5",
            "does not follow",
            "at random numbers",
        ),
        (
            "{P: 'softmax(Z, axis=0)', L: sum(T * log(P))}",
            "given: {Z: [[0, 0], [0, 0]], T: [[1, 0], [0, 1]]}\nbackward: {wrt: [Z]}\n",
            "sum(P, axis=0) == 3",
            "contradict",
            "its sums are 1.0, 1.0",
        ),
    ],
)
def test_a_false_fact_about_a_quantity_is_an_input_error_at_its_place(forward, more, fact, message, hint):
    with pytest.raises(InputError, match=message) as caught:
        solve(read_problem(f"forward: {forward}\n{more}assume: ['{fact}']"))
    assert caught.value.place.text[caught.value.place.column - 1 :].lstrip("'").startswith(fact)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("forward", "more"),
    [
        ("{p: softmax(z), q: 2 * p, L: -sum(t * log(q))}", "assume: [sum(q) == 2, sum(t) == 1]"),
        ("{s: 3 * t, p: softmax(z), L: -sum(s * log(p))}", "assume: [sum(s) == 3, sum(t) == 1]\ndata: [t]"),
    ],
)
def test_a_true_fact_about_a_quantity_is_taken(forward, more):
    assert solve(read_problem(f"forward: {forward}\n{more}")).derivation.gradients


def test_two_facts_that_contradict_each_other():
    with pytest.raises(InputError, match="contradicts the fact before it") as caught:
        solve(read_problem(CROSS_ENTROPY + "assume: [sum(t) == 1, sum(t) == 2]"))
    assert caught.value.place.column == len("assume: [sum(t) == 1, ") + 1


@pytest.mark.parametrize(
    ("formula", "given", "told"),
    [
        (
            "sum((o - y)**2)",
            "o: [1, 2, 3], y: [[1], [2], [3]]",
            "[3] and [3, 1] are all stretched, to [3, 3]",
        ),
        ("sum(tanh(W @ o - y))", "W: [[1, 2], [0, 1]], o: [1, 2], y: [[1], [2]]", "shapes [2] and [2, 1]"),
        ("sum(o * y)", "o: [[1, 2, 3]], y: [[1, 2, 3], [1, 2, 3]]", None),
        ("sum(o + y)", "o: [1, 2, 3], y: [[1, 2, 3], [1, 2, 3]]", None),
        ("sum(exp(sum(o, axis=1, keepdims=True) + y))", "o: [[1, 2], [1, 3]], y: [1, 2, 3]", None),
    ],
)
def test_arrays_that_stretch_each_other_are_told(formula, given, told):
    warnings = solve(read_problem(f"forward: {{L: '{formula}'}}\ngiven: {{{given}}}")).warnings
    assert [told in text for text in warnings] == ([] if told is None else [True])


def test_warnings_in_words():
    text = "forward: {u: W @ x, L: log(s) + sum(u)}\ngiven: {s: 0, unused: 1}"
    assert solve(read_problem(text)).warnings == (
        "'unused' is given, and no formula uses it",
        "no shape is stated for W, x: taken as W: [n, m], x: [m]",
        "the gradient of L by s is not finite: its value is inf",
    )


# --- choices ---------------------------------------------------------------------------------------------


def test_the_command_line_comes_before_the_file():
    problem = read_problem(PLAIN + "report: {notation: delta, digits: 5, engine: pdflatex}")
    assert look_of(problem, Choices()) == Look(Manner("lab", "delta", 5), "pdflatex")
    assert look_of(problem, Choices(notation="bar", digits=0)) == Look(Manner("lab", "bar", 0), "pdflatex")


def test_an_unknown_name_is_shown_where_it_stands():
    problem = read_problem(PLAIN + "report: {notation: nabbla}")
    with pytest.raises(InputError, match="unknown notation 'nabbla'") as caught:
        look_of(problem, Choices())
    assert (caught.value.place.line, caught.value.hint) == (3, "did you mean 'nabla'?")
    with pytest.raises(InputError, match="unknown style 'labb'") as caught:
        look_of(problem, Choices(style="labb", notation="bar"))
    assert caught.value.place is None


# --- files -----------------------------------------------------------------------------------------------


def test_the_default_is_a_pdf_and_its_source_beside_the_problem(problem_file):
    built = build(problem_file)
    assert built.paths == (problem_file.with_suffix(".pdf"), problem_file.with_suffix(".tex"))
    assert built.paths[0].read_bytes().startswith(b"%PDF")
    assert r"\documentclass" in built.paths[1].read_text("utf-8")
    assert names(problem_file.parent) == {"plain.yaml", "plain.pdf", "plain.tex"}


def test_a_folder_is_made_and_the_same_input_gives_the_same_bytes(problem_file, tmp_path):
    one = build(problem_file, ["pdf", "tex", "json"], tmp_path / "a" / "b").paths
    two = build(problem_file, ["pdf", "tex", "json"], tmp_path / "c").paths
    assert one[0].parent == tmp_path / "a" / "b"
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_document_is_made_once(problem_file, monkeypatch):
    made = []
    original = rendering.sheet
    monkeypatch.setattr(rendering, "sheet", lambda *args: made.append(args) or original(*args))
    build(problem_file, ["json"])
    assert not made
    build(problem_file, ["tex", "pdf", "json"])
    assert len(made) == 1


def test_the_source_may_be_compiled_by_another_engine(problem_file, monkeypatch):
    monkeypatch.setitem(rendering.ENGINES, "pdflatex", lambda report: b"by TeX")
    (path,) = build(problem_file, ["pdf"], choices=Choices(engine="pdflatex")).paths
    assert path.read_bytes() == b"by TeX"


def test_a_missing_engine_leaves_no_file(problem_file, monkeypatch):
    monkeypatch.setenv("PATH", str(problem_file.parent))
    with pytest.raises(EngineMissing):
        build(problem_file, ["tex", "json", "pdf"], choices=Choices(engine="pdflatex"))
    assert names(problem_file.parent) == {"plain.yaml"}


def test_a_fault_leaves_older_files_as_they_were(problem_file, monkeypatch):
    older = problem_file.with_suffix(".tex")
    older.write_text("older")

    def fail(report):
        raise InputError("no")

    monkeypatch.setitem(rendering.ENGINES, "typst", fail)
    with pytest.raises(InputError):
        build(problem_file)
    assert older.read_text() == "older"
    assert names(problem_file.parent) == {"plain.yaml", "plain.tex"}


def test_one_file_that_cannot_be_written_stops_all(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match="there is a folder of this name"):
        write_files({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names(tmp_path) == {"b"}


def test_a_file_where_the_folder_should_be(problem_file):
    with pytest.raises(InputError, match="cannot write"):
        build(problem_file, ["json"], folder=problem_file)
    assert names(problem_file.parent) == {"plain.yaml"}


def test_the_problem_itself_is_not_overwritten(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text('{"forward": {"L": "a * b"}}')
    with pytest.raises(InputError, match="is the problem itself"):
        build(path, ["json"])
    assert names(tmp_path) == {"problem.json"}
    assert len(build(path, ["json"], tmp_path / "out").paths) == 1


@pytest.mark.parametrize(
    ("formats", "error", "message"),
    [(["htm"], InputError, "did you mean 'html'"), (["tex", "jsn"], InputError, "unknown format 'jsn'")],
)
def test_formats_that_are_not_there(problem_file, formats, error, message):
    with pytest.raises(error, match=message):
        build(problem_file, formats)
    assert names(problem_file.parent) == {"plain.yaml"}


def test_two_problems_may_not_write_the_same_files(tmp_path):
    paths = [tmp_path / "a" / "lab.yaml", tmp_path / "b" / "lab.yaml"]
    pipeline.check_request(paths, ["tex"], None)
    with pytest.raises(InputError, match="would write the same files"):
        pipeline.check_request(paths, ["tex"], tmp_path)

"""The computation graph with numbers: values above, gradients below, as circuits are drawn."""

import re

import pytest
from reporting import found, solved
from support import text_of

from symgrad.document.blocks import GraphFigure
from symgrad.languages import ENGLISH
from symgrad.maths.nodes import Gap
from symgrad.maths.speech import speech
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import ENGINES, Choices, compose, look_of, render
from symgrad.writing.drawing import drawn

FORWARD = {"u": "W @ x", "h": "tanh(u)", "L": "sum(h)"}
GIVEN = {"W": [[1, 0], [0, 2]], "x": [1, 0]}


def figures(problem, **choices):
    """The graphs of a problem file."""
    solution = solve(read_problem(problem))
    return list(found(compose(solution, look_of(solution.problem, Choices(**choices))), GraphFigure))


def numbers(figure):
    """What stands at each node, in words."""
    return {
        node.id: tuple(maths and speech(maths) for maths in (node.value, node.gradient))
        for node in figure.nodes
    }


def test_the_circuit_of_the_courses():
    solution = solved("gallery/circuit")
    (figure,) = found(compose(solution, look_of(solution.problem, Choices())), GraphFigure)
    assert numbers(figure) == {
        "x": ("minus 2", "minus 4"),
        "y": ("5", "minus 4"),
        "z": ("minus 4", "3"),
        "q": ("3", "minus 4"),
        "f": ("minus 12", "1"),
    }


def test_small_vectors_are_written_out_and_of_what_is_larger_the_shape():
    (figure,) = figures(text_of(FORWARD, GIVEN, report={"graph": "values"}))
    shown = numbers(figure)
    assert shown["W"] == ("2 times 2", None)
    assert shown["x"] == ("the column vector 1, 0", "the column vector 0.420, 2")
    assert shown["L"][0].startswith("0.76")


def test_without_numbers_there_are_names():
    (figure,) = figures(text_of(FORWARD, shapes={"W": ["m", "n"]}, report={"graph": "values"}))
    assert set(numbers(figure).values()) == {(None, None)}
    assert "Every arrow leads" in figure.caption[0].text


@pytest.mark.parametrize(("graph", "count"), [(None, 0), ("names", 1), ("values", 1)])
def test_the_exercise_draws_it_where_it_is_asked_for(graph, count):
    asked = {} if graph is None else {"graph": graph}
    assert len(figures(text_of(FORWARD, GIVEN, report={"style": "exercise"} | asked))) == count


def test_on_a_gap_sheet_the_answers_are_boxes_and_the_givens_stay():
    (figure,) = figures(text_of(FORWARD, GIVEN, report={"graph": "values"}), sheet="gaps")
    nodes = {node.id: node for node in figure.nodes}
    assert isinstance(nodes["L"].value, Gap)
    assert list(found(nodes["u"].value, Gap))
    assert list(found(nodes["u"].gradient, Gap))
    assert numbers(figure)["x"][0] == "the column vector 1, 0"


def test_numbers_are_drawn_clear_of_frames_and_of_one_another():
    (figure,) = figures(text_of(FORWARD, GIVEN, report={"graph": "values"}))
    drawing = drawn(figure, 40.0, ENGLISH)
    boxes = [box for box, _ in (*drawing.nodes, *drawing.numbers)]
    assert len(drawing.numbers) == sum(n is not None for pair in numbers(figure).values() for n in pair)
    for k, one in enumerate(boxes):
        for two in boxes[k + 1 :]:
            across = abs(one.centre.x - two.centre.x) >= (one.width + two.width) / 2
            assert across or abs(one.centre.y - two.centre.y) >= (one.height + two.height) / 2


@pytest.mark.parametrize("format", ["tex", "html"])
def test_every_drawing_has_them(format):
    solution = solved("gallery/circuit_neuron")
    text = render(solution, [format], look_of(solution.problem, Choices()))[format].decode()
    at = {
        "tex": r"\\node\[tick\] at \([-\d., ]+\) \{\$(.*?)\$\};",
        "html": r'label at-node"><math>(.*?)</math>',
    }
    assert len(re.findall(at[format], text)) == 20
    assert "has the value 0.731" in text or format == "tex"


@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_set_it(engine):
    solution = solved("gallery/circuit_neuron")
    assert render(solution, ["pdf"], look_of(solution.problem, Choices(engine=engine)))["pdf"]

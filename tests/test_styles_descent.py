import json

import pytest
from reporting import formulas, plots, report, sentences, titles
from support import text_of

from symgrad.document.blocks import Plot
from symgrad.errors import InputError
from symgrad.styles import STYLES
from symgrad.writing.plot import HEIGHT, WIDTH, plotted, ticks


def parabola(steps, style="lab", **update):
    update = {"rate": 0.1, "parameters": ["w"], "steps": steps, **update}
    return report(text_of({"L": "w**2"}, {"w": 3}, update=update), style)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_states_the_rule_and_the_course(style):
    document = parabola(2, style)
    assert [text for text in formulas(document) if text.startswith(r"w ← w - \alpha")]
    # (1 - 2 · 0.1)² = 0.64 of the objective is left after every update.
    assert [text for text in sentences(document) if text in ("9", "5.76", "3.6864", "3.686")][-3:-1] == [
        "9",
        "5.76",
    ]
    assert "The objective, step by step" in titles(document)


def test_a_step_puts_numbers_in():
    (step,) = [text for text in formulas(parabola(1)) if text.startswith("w ←") and "boxed" in text]
    assert step.endswith(r"= 3 - 0.1 \cdot 6 = \boxed{2.4}")


def test_a_step_after_hidden_ones_begins_where_those_ended():
    document = parabola(4, show=[1, 4])
    assert [text for text in formulas(document) if "1.536 - 0.1 \\cdot 3.072" in text]


def test_without_an_update_there_is_no_descent():
    assert "Gradient descent" not in titles(report(text_of({"L": "w**2"}, {"w": 3})))


def test_the_rate_takes_a_free_letter():
    text = text_of({"L": "alpha * w**2"}, {"w": 3, "alpha": 1}, update={"rate": 0.1, "parameters": ["w"]})
    assert [text for text in formulas(report(text)) if text.startswith(r"w ← w - \eta")]


def test_a_rate_without_a_number_is_written_as_asked():
    update = {"rate": "r", "parameters": ["w"]}
    text = text_of({"L": "w**2"}, update=update, shapes={"w": []}, write={"r": r"\xi"})
    assert [text for text in formulas(report(text)) if text.startswith(r"w ← w - \xi")]


def test_a_symbolic_rate_has_rules_and_no_numbers():
    text = text_of({"L": "w**2"}, update={"rate": "eta", "parameters": ["w"]}, shapes={"w": []})
    document = report(text)
    assert "Gradient descent" in titles(document)
    assert "Step 1" not in titles(document)


def test_a_curve_where_the_steps_are_many():
    assert plots(parabola(3)) == []
    (curve,) = plots(parabola(4))
    assert [x for x, _ in curve.points] == [0, 1, 2, 3, 4]
    assert curve.points[1][1] == pytest.approx(9 * 0.64)
    assert "from 9 after 0 updates to 1.51 after 4" in curve.alt


def test_the_curve_of_a_long_descent_goes_through_steps_that_are_not_listed():
    (curve,) = plots(parabola(200))
    assert 40 < len(curve.points) < 70
    for count, loss in curve.points:
        assert loss == pytest.approx(9 * 0.64**count)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_states_the_data_of_each_step(style):
    update = {"rate": 0.1, "parameters": ["w"], "steps": 3, "each": [{"x": 5}, {"x": 7}]}
    document = report(text_of({"L": "(w - x)**2"}, {"w": 3}, update=update), style)
    stated = [text for text in formulas(document) if text in ("x = 5", "x = 7")]
    assert stated[-3:] == ["x = 5", "x = 7", "x = 5"]
    assert "Every step takes its own x, 2 in turn, then the first again." in sentences(document)


def test_points_that_are_not_finite_are_left_out_of_the_curve():
    (curve,) = plots(parabola(2000, rate=2.0))
    assert all(abs(y) < float("inf") for _, y in curve.points)


def test_a_plot_lies_in_its_frame():
    frame = plotted(Plot(((0, 5.0), (1, 3.0), (4, 2.5)), (), (), ""))
    assert (frame.points[0].x, frame.points[-1].x) == (0, WIDTH)
    assert all(0 < point.y < HEIGHT for point in frame.points)
    assert frame.points[0].y < frame.points[1].y
    assert all(0 <= tick.place <= WIDTH for tick in frame.across)


@pytest.mark.parametrize(
    ("low", "high", "least", "count"), [(0, 4, 1, 5), (0, 1000, 1, 6), (1.5, 1.9, 0, 5), (-3, 3, 0, 7)]
)
def test_ticks_are_few_and_round(low, high, least, count):
    assert len(ticks(low, high, least)) == count


def test_a_constant_objective_has_a_plot_too():
    frame = plotted(Plot(((0, 2.0), (1, 2.0)), (), (), ""))
    assert frame.points[0].y == pytest.approx(HEIGHT / 2)


def test_an_unknown_detail_is_an_error_at_its_place():
    text = text_of({"L": "w**2"}) + "\nreport: " + json.dumps({"detail": "ful"})
    with pytest.raises(InputError, match="unknown detail 'ful'") as error:
        report(text)
    assert "full" in error.value.hint
    assert error.value.place is not None

"""Steps of momentum, Adam and their like: our own reports read back, ways to write them, their slips."""

import pytest
from click.testing import CliRunner

from symgrad.checking.check import check_text
from symgrad.cli import main
from symgrad.reading.problem import load_problem, read_problem
from symgrad.styles.sentences import plain

SQUARE = """
forward: {L: (w - 3)**2}
given: {w: 1}
backward: {of: L, wrt: [w]}
update: {method: adam, rate: 0.1, parameters: [w], steps: 2}
"""
LAYER = """
forward: {{r: W @ x + b - t, L: sum(r**2) / 2}}
backward: {{of: L, wrt: [W, b]}}
data: [x, t]
given: {{W: [[0.5, -0.2], [0.1, 0.3]], b: [0.1, -0.1], x: [1, 2], t: [0.3, 1]}}
update: {{{update}, rate: 0.1, parameters: [W, b], steps: 2}}
report: {{style: lab, notation: partial}}
"""
UPDATES = (
    "method: sgd, schedule: rate / (1 + 0.1*step)",
    "method: momentum, momentum: 0.9",
    "method: nesterov, momentum: 0.8, weight_decay: 0.05",
    "method: adagrad, clip: 0.5",
    "method: rmsprop, rho: 0.9",
    "method: adam",
    "method: adamw, weight_decay: 0.1, schedule: rate / sqrt(step)",
    "rule: {v: 0.5*v + g, w: w - rate*v}",
)


def judged(problem, *lines):
    return check_text("\n\n".join(f"$${line}$$" for line in lines), read_problem(problem)).lines


def verdicts(problem, *lines):
    return [str(line.verdict) for line in judged(problem, *lines)]


@pytest.mark.parametrize("update", UPDATES)
def test_our_own_report_is_right(tmp_path, update):
    path = tmp_path / "problem.yaml"
    path.write_text(LAYER.format(update=update), encoding="utf-8")
    built = CliRunner().invoke(main, ["build", str(path), "--to", "tex", "-o", str(tmp_path)])
    assert built.exit_code == 0, built.stderr
    found = check_text((tmp_path / "problem.tex").read_text(encoding="utf-8"), load_problem(path))
    assert {str(line.verdict) for line in found.lines} <= {"correct", "rounded", "unchecked"}
    unchecked = [line for line in found.lines if str(line.verdict) == "unchecked"]
    assert not any(line.claims for line in unchecked)  # what is defined there is used from then on


@pytest.mark.parametrize(
    "lines",
    [
        (
            r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t",
            r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2",
            r"\hat m_t = \frac{m_t}{1 - \beta_1^t}",
            r"\hat v_t = \frac{v_t}{1 - \beta_2^t}",
            r"w_t = w_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}",
        ),
        (
            r"m_{t+1} = \beta_1 m_t + (1 - \beta_1) g_t",
            r"w_{t+1} = w_t - \eta \frac{\hat m_{t+1}}{\sqrt{\hat v_{t+1}} + \varepsilon}",
        ),
        (
            r"g_1 = 2 (w_0 - 3) = -4",
            r"m_1 = 0.9 \cdot 0 + 0.1 \cdot (-4) = -0.4",
            r"v_1 = 0.999 \cdot 0 + 0.001 \cdot 16 = 0.016",
            r"\hat m_1 = \frac{-0.4}{1 - 0.9} = -4",
            r"\hat v_1 = \frac{0.016}{1 - 0.999} = 16",
            r"w_1 = w_0 - 0.1 \frac{\hat m_1}{\sqrt{\hat v_1} + \epsilon} = 1 - 0.1 \cdot \frac{-4}{4} = 1.1",
            r"g_2 = 2 (1.1 - 3) = -3.8",
            r"m_2 = 0.9 \cdot (-0.4) + 0.1 \cdot (-3.8) = -0.74",
            r"\hat m_2 = \frac{-0.74}{1 - 0.81} = -3.8947",
            r"\hat v_2 = \frac{0.030424}{1 - 0.998001} = 15.2196",
            r"w_2 = 1.1 - 0.1 \cdot \frac{-3.8947}{\sqrt{15.2196}} = 1.19983",
        ),
        (
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g = 0.1 \cdot (-4) = -0.4",
            r"\hat m = \frac{m}{1 - \beta_1} = -4",
            r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2 = 0.016",
            r"\hat v = \frac{0.016}{0.001} = 16",
            r"w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon} = 1.1",
        ),
        (r"\beta_1 = 0.9", r"\beta_2 = 0.999", r"\epsilon = 10^{-8}"),
    ],
)
def test_right_steps_of_adam_in_many_ways(lines):
    found = verdicts(SQUARE, *lines)
    assert set(found) <= {"correct", "rounded"}, list(zip(lines, found, strict=True))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"m_t = \beta_1 m_{t-1} + \beta_1 g_t", "1 − β₁ belongs"),
        (r"m_t = \beta_1 m_t + (1 - \beta_1) g_t", "that of the step before"),
        (r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t", "squared"),
        (r"\hat m_t = \frac{m_t}{1 - \beta_1}", "to the power of the step"),
        (r"\hat v_t = \frac{v_t}{1 - \beta_1^t}", "β₁"),
        (r"w_{t+1} = w_t - \eta \frac{m_t}{\sqrt{\hat v_t} + \epsilon}", "m̂ₜ belongs"),
        (r"w_{t+1} = w_t - \eta \frac{\hat m_t}{\sqrt{\hat v_t + \epsilon}}", "under the root"),
        (r"m_2 = 0.9 \cdot (-0.4) + 0.9 \cdot (-3.8) = -3.78", ""),
        (r"\beta_1 = 0.99", ""),
    ],
)
def test_slips_are_found_and_named(line, words):
    (found,) = judged(SQUARE, line)
    assert str(found.verdict) == "wrong"
    assert found.witness is not None
    assert words in plain(found.message)


def test_a_random_witness_tells_states_and_step():
    (found,) = judged(SQUARE, r"m_t = \beta_1 m_{t-1} + \beta_1 g_t")
    at = found.witness.at
    gradient = 2 * (at["w"] - 3)
    assert at["t"] > 1
    assert found.witness.left == pytest.approx(0.9 * at["m_w"] + 0.1 * gradient)
    assert found.witness.right == pytest.approx(0.9 * at["m_w"] + 0.9 * gradient)


def test_what_holds_in_the_first_step_alone_is_not_said_to_be_right():
    assert verdicts(SQUARE, r"m \leftarrow (1 - \beta_1) g") == ["unchecked"]
    assert verdicts(SQUARE, r"m_1 = (1 - \beta_1) g_1") == ["correct"]
    assert verdicts(SQUARE, r"m_t = (1 - \beta_1) g_t") == ["wrong"]


def test_a_slip_in_a_moment_is_carried_on():
    lines = (
        r"v_1 = 0.001 \cdot 16 = 0.16",
        r"\hat v_1 = \frac{0.16}{0.001} = 160",
        r"w_1 = 1 - 0.1 \cdot \frac{-4}{\sqrt{160}} = 1.0316",
        r"m_2 = 0.9 \cdot (-0.4) + 0.1 \cdot (-3.9368) = -0.75368",
    )
    assert verdicts(SQUARE, *lines) == ["wrong", "carried", "carried", "carried"]

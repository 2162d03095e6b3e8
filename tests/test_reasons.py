"""What a report says about why a derivative is what it is."""

import pytest
from reporting import report, sentences
from support import text_of

GOES_ON = "the gradient goes on where the condition holds, and is 0 elsewhere"
POWER = "power rule: the exponent comes down as a factor and drops by one"


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("where(x > 0, x**2, 3)", f"{GOES_ON}; then {POWER}"),
        (
            "where(x > 0, x**2, 3 * x)",
            f"where the condition holds, {POWER}; elsewhere, a constant factor stays",
        ),
        (
            "2 * where(a > 0, x, x**2)",
            "a constant factor stays; then where the condition holds, a copy passes the gradient on; "
            f"elsewhere, {POWER}",
        ),
    ],
)
def test_a_choice_tells_of_every_branch_that_the_gradient_takes(formula, why):
    text = f"forward: {{y: '{formula}', J: sum(y)}}\nbackward: {{wrt: [x]}}\nshapes: {{x: [n]}}"
    (told,) = [sentence for sentence in sentences(report(text)) if sentence.startswith(r"Through \vec{y}")]
    assert told.endswith(f": {why}.")


def test_paths_of_one_form_are_told_once():
    """W is used by a₁ … a₃ in the same way: the reason stands once, in full detail for each."""
    forward = {f"a{n}": f"W @ x{n}" for n in (1, 2, 3)} | {"L": "sum(a1 * a2 * a3)"}
    told = sentences(report(text_of(forward, backward={"wrt": ["W"]})))
    (likewise,) = [sentence for sentence in told if sentence.startswith("Likewise through")]
    assert "a}_2" in likewise
    assert "a}_3" in likewise
    full = text_of(forward, backward={"wrt": ["W"]}, report={"detail": "full"})
    assert not any("Likewise" in s for s in sentences(report(full)))

"""Checked submissions made by hand, for the tests of what is written about them."""

from fractions import Fraction

from symgrad.checking.verdict import Binding, Check, Contradicted, Judged, Kept, Proof, Verdict, Witness
from symgrad.submission.lines import Fault, Line, Side, Submission
from symgrad.submission.written import (
    Add,
    Derivative,
    Literal,
    Matrix,
    Product,
    Span,
    Symbol,
    Transpose,
)

HOSTILE = r"\input{/etc/passwd} #eval(\"1\") $ % _ & ~ ^ <b> \write18{ls} 中"


def number(text):
    """A printed number."""
    places = len(text.partition(".")[2])
    return Literal(Fraction(text), -places)


def column(*texts):
    """A printed column vector."""
    return Matrix(tuple((number(text),) for text in texts))


class Sheet:
    """A submission in the making: lines are added with their sides as text and as trees."""

    def __init__(self, name="sheet.md"):
        self.name, self.text, self.lines = name, "", []

    def line(self, *sides, relation="=", **more):
        """A line of (text, tree) sides; a tree that is a `Fault` message makes the side unreadable."""
        start = len(self.text)
        placed = []
        for text, node in sides:
            self.text += f" {relation} " if placed else ""
            span = Span(len(self.text), len(self.text) + len(text))
            self.text += text
            fault = Fault(node, span) if isinstance(node, str) else None
            placed.append(Side(text, None if fault else node, fault, span))
        found = Line(
            id=len(self.lines) + 1,
            latex=self.text[start:],
            sides=tuple(placed),
            relations=(relation,) * (len(sides) - 1),
            span=Span(start, len(self.text)),
            line=self.text.count("\n") + 1,
            column=1,
            **more,
        )
        self.text += "\n"
        self.lines.append(found)
        return found

    def check(self, *judged, **more):
        """The check of this sheet."""
        return Check(
            Submission(self.name, self.text, tuple(self.lines)), more.pop("title", ""), judged, **more
        )


X, H, U, V, W1, W2, J = (Symbol(*name) for name in ("x", "h", "u", "v", ("W", "1"), ("W", "2"), "J"))


def slips():
    """A sheet with a line of every verdict."""
    sheet = Sheet()
    forward, backward = {"heading": "Forward pass"}, {"heading": "Backward <pass> & #1", "passage": 1}
    u = sheet.line(
        (r"\vec{u}", U), (r"W_1 \vec{x} + \vec{b}_1", Add(Product(W1, X), Symbol("b", "1"))), **forward
    )
    v = sheet.line(("v", V), ("[3.28, 5.3]", column("3.28", "5.3")), **forward, tag="2")
    bad = sheet.line(
        (r"\frac{\partial J}{\partial v}", Derivative(J, V)),
        ("o + y", Add(Symbol("o"), Symbol("y"))),
        **backward,
    )
    carried = sheet.line(
        (r"\frac{\partial J}{\partial h}", Derivative(J, H)),
        (r"W_2^T \frac{\partial J}{\partial v}", Product(Transpose(W2), Derivative(J, V))),
        (r"[0.1, 0.2]", column("0.1", "0.2")),
        **backward,
    )
    odd = sheet.line(("q", Symbol("q")), (HOSTILE, "this sign is not known"), **backward)
    given = sheet.line(("w", Symbol("w")), ("0.9", number("0.9")), **backward)
    return sheet.check(
        Judged(u, Verdict.CORRECT, quantity="u", proof=Proof.IDENTITY),
        Judged(v, Verdict.ROUNDED, quantity="v", proof=Proof.PRINTED),
        Judged(
            bad,
            Verdict.WRONG,
            "The sign of y is wrong: o − y.",
            "dJ/dv",
            mistake="sign_t_minus_y",
            right=r"\frac{\partial J}{\partial v} = o - y",
            side=1,
            hint=r"Look at the sign of $y$: the rule of softmax with cross-entropy.",
            witness=Witness(
                {"o": [0.25, 0.75], "y": [0.0, 1.0]}, {"n": 2}, (0, 1), [0.25, -0.25], [0.25, 1.75]
            ),
        ),
        Judged(carried, Verdict.CARRIED, quantity="dJ/dh", root=3),
        Judged(odd, Verdict.UNREADABLE),
        Judged(given, Verdict.UNCHECKED, "a given", claims=False),
        title="Lab 6 & more #",
        givens=(Contradicted("w", (2,), 0.9, 0.09, 27),),
        bindings=(Binding("s_{out}", "v", "defined in line 2"), Binding(r"\vec{u}", "u", "")),
        conventions=(Kept("numerator-layout", "Gradients stand as rows", (3, 4)),),
        missing=("dJ/dW1",),
        notes=("Gradients are written as rows.",),
    )

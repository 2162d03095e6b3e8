"""How operators, comparisons and choices are written."""

from __future__ import annotations

from symgrad.code.writer import ADD, ATOM, POWER, SIGN, Rule, Text, Writer
from symgrad.operations import OPERATIONS
from symgrad.tree import Formula, Number, Op, Size


def infix(sign: str, level: int) -> Rule:
    """An operator between two operands; the right one needs brackets at the same level."""

    def rule(writer: Writer, op: Op) -> Text:
        left, right = writer.args(op)
        return Text(f"{left.within(level)} {sign} {right.within(level + 1)}", level)

    return rule


def power(writer: Writer, op: Op) -> Text:
    """``a**b``; a number as base is one of NumPy's, which knows roots of negative numbers to be NaN."""
    base, exponent = writer.args(op)
    if isinstance(op.args[0], Number | Size):
        base = writer.array(op.args[0])
    return Text(f"{base.within(ATOM)}**{exponent.within(ATOM)}", POWER)


def negative(writer: Writer, op: Op) -> Text:
    """A minus sign."""
    return Text(f"-{writer.args(op)[0].within(SIGN)}", SIGN)


SIGNS = ("<", "<=", ">", ">=", "==")


def condition(writer: Writer, formula: Formula) -> str:
    """A truth value; of a quantity that holds one, whether it is 1."""
    record = OPERATIONS.get(formula.name) if isinstance(formula, Op) else None
    if isinstance(formula, Op) and record and record.code in SIGNS:
        left, right = writer.args(formula)
        return f"{left.within(ADD)} {record.code} {right.within(ADD)}"
    return f"{writer.array(formula).within(ADD)} == 1"


def comparison(writer: Writer, op: Op) -> Text:
    """1 where it holds, else 0."""
    return Text(f"np.where({condition(writer, op)}, 1.0, 0.0)")


def where(writer: Writer, op: Op) -> Text:
    """One of two by a condition."""
    _, yes, no = writer.args(op)
    return Text(f"np.where({condition(writer, op.args[0])}, {yes.text}, {no.text})")


def indicator(writer: Writer, op: Op) -> Text:
    """1 where the condition holds, or where it does not, else 0."""
    yes, no = ("0.0", "1.0") if op.option("negated") else ("1.0", "0.0")
    return Text(f"np.where({condition(writer, op.args[0])}, {yes}, {no})")


def masked(writer: Writer, op: Op) -> Text:
    """The other factor where the indicator is 1, else 0: it may be NaN or infinite there."""
    indicator, factor = op.args
    text = writer.array(factor).text
    match indicator:
        case Op("indicator", (within,)):
            parts = ("0.0", text) if indicator.option("negated") else (text, "0.0")
            return Text(f"np.where({condition(writer, within)}, {parts[0]}, {parts[1]})")
    return Text(f"np.where({condition(writer, indicator)}, {text}, 0.0)")

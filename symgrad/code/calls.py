"""How calls are written: of NumPy's functions and the library's, and what only moves entries."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symgrad.code.writer import ATOM, Rule, Text, Writer, literal
from symgrad.tree import Op


def option(value: Any) -> str:
    """An option as text; whatever is no number, truth value or None is refused."""
    match value:
        case bool() | int() | None:
            return str(value)
        case Fraction():
            return literal(value).text
    raise TypeError(f"no source text for the option {value!r}")


def numpy(function: str, *options: str, first: str = "") -> Rule:
    """A call of a NumPy function, with those of the options that are set."""

    def rule(writer: Writer, op: Op) -> Text:
        chosen = ((name, op.option(name)) for name in options)
        keywords = [
            f"{name}={option(value)}" for name, value in chosen if value is not None and value is not False
        ]
        args = (*([first] if first else []), *(arg.text for arg in writer.args(op)))
        return Text(f"np.{function}({', '.join((*args, *keywords))})")

    return rule


def library(function: str, *options: str) -> Rule:
    """A call of a library function, with those of the options that are set."""

    def rule(writer: Writer, op: Op) -> Text:
        chosen = ((name, op.option(name)) for name in options)
        keywords = [f"{name}={option(value)}" for name, value in chosen if value is not None]
        return writer.call(function, *(arg.text for arg in writer.args(op)), *keywords)

    return rule


def after(text: str) -> Rule:
    """What stands behind its argument: ``.T``."""
    return lambda writer, op: Text(writer.args(op)[0].within(ATOM) + text)


def index(writer: Writer, op: Op) -> Text:
    """``x[1, 2:4]``."""
    parts = (span(part[1], part[2]) if isinstance(part, tuple) else option(part) for part in op.option("key"))
    return Text(f"{writer.args(op)[0].within(ATOM)}[{', '.join(parts)}]")


def span(start: int | None, stop: int | None) -> str:
    """``2:4``, with an end left out where there is none."""
    return ":".join("" if end is None else option(end) for end in (start, stop))


def relu(writer: Writer, op: Op) -> Text:
    """The larger of the argument and 0."""
    return Text(f"np.maximum({writer.args(op)[0].text}, 0)")


def concatenate(writer: Writer, op: Op) -> Text:
    """Blocks one behind the other."""
    parts = ", ".join(arg.text for arg in writer.args(op))
    return Text(f"np.concatenate(({parts}), axis={option(op.option('axis', 0))})")


# --- constant arrays, and what stands in gradients only --------------------------------------------------


def eye(writer: Writer, op: Op) -> Text:
    """The identity matrix."""
    return Text(f"np.eye({writer.dim(op.option('size'))})")


def selection(writer: Writer, op: Op) -> Text:
    """Rows of the identity matrix."""
    return Text(f"{eye(writer, op).text}[{span(op.option('start'), op.option('stop'))}]")


def stretch(writer: Writer, op: Op) -> str:
    """The places of a block: behind those before it."""
    before = [writer.dim(dim) for dim in op.option("before")]
    return f"{' + '.join(before)}:{' + '.join([*before, writer.dim(op.option('length'))])}"


def part(writer: Writer, op: Op) -> Text:
    """A block of an array."""
    lead = ":, " * op.option("axis")
    return Text(f"{writer.args(op)[0].within(ATOM)}[{lead}{stretch(writer, op)}]")


def flattening(writer: Writer, op: Op) -> Text:
    """1 where the places of a matrix and of its flattened form match."""
    length, *_ = op.option("shape")
    return Text(f"np.eye({writer.dim(length)}).reshape({writer.dimensions(op.option('shape'))})")


def attains(writer: Writer, op: Op) -> Text:
    """Where the extreme is attained, in equal shares."""
    function = "largest" if op.option("extreme") == "max" else "smallest"
    axis = op.option("axis")
    return writer.call(function, writer.args(op)[0].text, *([] if axis is None else [f"axis={option(axis)}"]))


def window(writer: Writer, op: Op) -> Text:
    """1 where the places of output, kernel and input match."""
    options = (f"stride={option(op.option('stride'))}", f"padding={option(op.option('padding'))}")
    return writer.call("window_tensor", writer.dimensions(op.option("shape")), *options)


def windowed(function: str) -> Rule:
    """Pooling, whose stride is the size where none is given."""

    def rule(writer: Writer, op: Op) -> Text:
        size = op.option("size")
        steps = (f"size={option(size)}", f"stride={option(op.option('stride') or size)}")
        return writer.call(function, *(arg.text for arg in writer.args(op)), *steps)

    return rule


def back(function: str, padding: str, turned: str = "") -> Rule:
    """The gradient of a convolution by one of its arguments, of the shape in the options."""

    def rule(writer: Writer, op: Op) -> Text:
        first, second = writer.args(op)
        steps = (("stride", op.option("dilation", 1)), ("padding", op.option(padding, 0)))
        keywords = (f"{name}={option(value)}" for name, value in steps)
        shape = writer.dimensions(op.option("shape"))
        return writer.call(function, first.text, second.within(ATOM) + turned, shape, *keywords)

    return rule

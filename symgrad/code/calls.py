"""How calls are written: of NumPy's functions and the library's, and what only moves entries."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from symgrad.code.writer import ATOM, COMPARE, Rule, Text, Writer, literal
from symgrad.operations.products import parsed
from symgrad.operations.signature import TEXT, SameAs, Signature
from symgrad.tree import Op


def option(value: Any) -> str:
    """An option as text; whatever is no number, truth value, key or None is refused."""
    match value:
        case bool() | int() | None:
            return str(value)
        case Fraction():
            return literal(value).text
        case ("slice", start, stop):
            return span(start, stop)
        case tuple():
            return ", ".join(map(option, value))
    raise TypeError(f"no source text for the option {value!r}")


def keyword(name: str, value: Any) -> str:
    """``axis=1``, ``axis=(0, 2)``."""
    return f"{name}=({option(value)})" if isinstance(value, tuple) else f"{name}={option(value)}"


def called(function: str, signature: Signature) -> Rule:
    """A call of a function of NumPy or of the library, with those of its options that are set."""

    def rule(writer: Writer, op: Op) -> Text:
        chosen = ((name, _chosen(op, name, default)) for name, default in signature.options)
        keywords = (
            keyword(name, value) for name, value in chosen if value is not None and value is not False
        )
        args = [*(arg.text for arg in writer.args(op)), *keywords]
        return Text(f"{function}({', '.join(args)})") if "." in function else writer.call(function, *args)

    return rule


def _chosen(op: Op, name: str, default: Any) -> Any:
    """An option that is set; of one that follows another the value of that."""
    follows = isinstance(default, SameAs)
    return op.option(name, op.option(default.option) if follows else None)


def template(text: str, signature: Signature) -> Rule:
    """A text around arguments and options; what is not one call, name or entry stands in brackets."""

    def rule(writer: Writer, op: Op) -> Text:
        args = writer.args(op)
        options = {**dict(signature.options), **dict(op.options)}
        filled = text.format(
            *args,
            args=", ".join(arg.text for arg in args),
            **{name: option(value) for name, value in options.items()},
        )
        closed = isinstance(ast.parse(filled, mode="eval").body, ast.Call | ast.Attribute | ast.Subscript)
        return Text(filled, ATOM if closed else COMPARE)

    return rule


def after(text: str) -> Rule:
    """What stands behind its argument: ``.T``."""
    return lambda writer, op: Text(writer.args(op)[0].within(ATOM) + text)


def span(start: int | None, stop: int | None) -> str:
    """``2:4``, with an end left out where there is none."""
    return ":".join("" if end is None else option(end) for end in (start, stop))


# --- constant arrays, and what stands in gradients only --------------------------------------------------


def eye(writer: Writer, op: Op) -> Text:
    """The identity matrix."""
    return Text(f"np.eye({writer.dim(op.option('size'))})")


def onehot(writer: Writer, op: Op) -> Text:
    """Rows of the identity matrix by labels."""
    return writer.call("onehot", writer.args(op)[0].text, writer.dim(op.option("size")))


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


def concatenated(writer: Writer, op: Op) -> Text:
    """The blocks one behind the other; a number is one in brackets."""
    texts = (
        arg.text if writer.shape(part) else f"[{arg.text}]"
        for arg, part in zip(writer.args(op), op.args, strict=True)
    )
    return Text(f"np.concatenate(({', '.join(texts)}), axis={option(op.option('axis', 0))})")


def flattening(writer: Writer, op: Op) -> Text:
    """1 where the places of an array and of the same one in another shape match."""
    length = " * ".join(map(writer.dim, op.option("shape")[: op.option("split", 1)]))
    return Text(f"np.eye({length}).reshape({writer.dimensions(op.option('shape'))})")


def einsum(writer: Writer, op: Op) -> Text:
    """Sums of products by subscripts, which are numbers here: generated code holds no text."""
    inputs, output = parsed(op.option(TEXT))
    numbers = {letter: n for n, letter in enumerate(dict.fromkeys("".join(inputs)))}
    axes = (f"[{', '.join(str(numbers[letter]) for letter in letters)}]" for letters in (*inputs, output))
    *placed, last = axes
    parts = (f"{arg.text}, {own}" for arg, own in zip(writer.args(op), placed, strict=True))
    return Text(f"np.einsum({', '.join(parts)}, {last})")


def stacked(writer: Writer, op: Op) -> Text:
    """The arrays along a new axis."""
    texts = (arg.text for arg in writer.args(op))
    return Text(f"np.stack(({', '.join(texts)}), axis={option(op.option('axis', 0))})")


def cover(writer: Writer, op: Op) -> Text:
    """1 where a window covers a place."""
    steps = (option(op.option(name)) for name in ("size", "stride"))
    return writer.call("cover", writer.dimensions(op.option("shape")), *steps)


def reshaped(writer: Writer, op: Op) -> Text:
    """The entries in another shape."""
    return Text(f"{writer.args(op)[0].within(ATOM)}.reshape({writer.dimensions(op.option('shape'))})")


def attains(writer: Writer, op: Op) -> Text:
    """Where the extreme is attained, in equal shares."""
    function = "largest" if op.option("extreme") == "max" else "smallest"
    axis = op.option("axis")
    chosen = [] if axis is None else [keyword("axis", axis)]
    return writer.call(function, writer.args(op)[0].text, *chosen)


def window(writer: Writer, op: Op) -> Text:
    """1 where the places of output, kernel and input match."""
    options = (f"stride={option(op.option('stride'))}", f"padding={option(op.option('padding'))}")
    return writer.call("window_tensor", writer.dimensions(op.option("shape")), *options)


def back(function: str, padding: str, turned: str = "") -> Rule:
    """The gradient of a convolution by one of its arguments, of the shape in the options."""

    def rule(writer: Writer, op: Op) -> Text:
        first, second = writer.args(op)
        steps = (("stride", op.option("dilation", 1)), ("padding", op.option(padding, 0)))
        keywords = (f"{name}={option(value)}" for name, value in steps)
        shape = writer.dimensions(op.option("shape"))
        return writer.call(function, first.text, second.within(ATOM) + turned, shape, *keywords)

    return rule

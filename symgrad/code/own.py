"""Functions written for one piece of code: derivatives that keep their name, and functions of the problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from symgrad.code.writer import Text, Writer
from symgrad.late import Late
from symgrad.operations.derivative import scalar_derivative
from symgrad.operations.own import CALL
from symgrad.operations.own_derivative import own_derivative
from symgrad.tree import Formula, Function, Name, Op, names

if TYPE_CHECKING:
    from symgrad.code import scalars
else:
    scalars = Late("symgrad.code.scalars")


def prime(writer: Writer, op: Op) -> Text:
    """A call of f', written from SymPy's derivative, or that of a function of the problem."""
    if op.option("function") == CALL.name:
        return own(writer, op)
    options = tuple((key, value) for key, value in op.options if key not in ("function", "position"))
    function, position, count = op.option("function"), op.option("position"), len(op.args)
    wanted = f"{function}_prime" if count == 1 else f"{function}_prime_{position}"
    derivative = scalar_derivative(function, options, (None,) * count, position)
    return _made(writer, op, (function, position, options, count), wanted, derivative.raw)


def _made(writer: Writer, op: Op, key: Any, wanted: str, expression: Any) -> Text:
    """A call of a function that returns a scalar formula of SymPy, entry by entry."""
    if key not in writer.made:
        parameters = ("t",) if len(op.args) == 1 else tuple(f"t{n}" for n in range(len(op.args)))
        text = scalars.scalar_text(expression, parameters)
        writer.library.update(name for name in ("erf", "sigmoid") if f"{name}(" in text)
        writer.made[key] = (writer.identifiers.new(wanted), parameters, text)
    return Text(f"{writer.made[key][0]}({', '.join(arg.text for arg in writer.args(op))})")


def own(writer: Writer, op: Op) -> Text:
    """A call of a function of the problem's own, or of its derivative by the argument at ``position``."""
    function: Function = op.option("definition")
    position = op.option("position")
    assert function.body is not None, "an unspecified function has no numbers"
    wanted = function.name if position is None else f"{function.name}_prime"
    key = (function, position)
    if key not in writer.made:
        formula = function.body if position is None else own_derivative(function, position)
        parameters = tuple(f"t{n}" for n in range(len(function.parameters)))
        named: dict[Formula, str] = dict(zip(map(Name, function.parameters), parameters, strict=True))
        text = replace(writer, names=named).array(formula).text
        if not set(function.parameters) <= set(names(formula)):
            shapes = ", ".join(f"np.shape({name})" for name in parameters)
            text = f"np.broadcast_to({text}, np.broadcast_shapes({shapes}))"
        writer.made[key] = (writer.identifiers.new(wanted), parameters, text)
    return Text(f"{writer.made[key][0]}({', '.join(writer.array(arg).text for arg in op.args)})")

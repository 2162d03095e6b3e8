"""Python's syntax nodes, those a formula may have, turned into nodes of `symgrad.tree`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.operations import CALLED
from symgrad.operations.signature import CONDITION, ORDERS, TEXT, OptionValue, Signature
from symgrad.reading.calls import Call, literal
from symgrad.reading.constants import Constant, NoValueError, constant
from symgrad.reading.mends import CHARACTERS
from symgrad.reading.nearest import mend
from symgrad.reading.numpy_names import instead, of_method, spelled
from symgrad.reading.rounds import Positions, Round
from symgrad.reading.sizes import MAX_SIZE
from symgrad.reading.subscripts import explicit
from symgrad.reading.tokens import FormulaText
from symgrad.tree import TWO, Formula, Function, Name, Number, Op, Size

BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}
COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
}
LENGTHS: Mapping[str, tuple[tuple[int, ...], str]] = {
    "size": ((1,), "one size"),
    "shape": (tuple(range(1, MOST_AXES + 1)), f"at most {MOST_AXES} sizes"),
}
"""How many sizes may be in the call."""
REST = -1
"""The size in ``reshape(x, (n, -1))`` that the others leave."""


class Reader:
    """Turns one syntax tree into one formula and keeps where each node stood."""

    def __init__(
        self,
        source: FormulaText,
        signatures: Mapping[str, Signature],
        sizes: Collection[str],
        functions: Mapping[str, Function],
        round_: Round,
    ) -> None:
        self.source = source
        self.round = round_
        self.positions = Positions(round_, source)
        self.functions = functions
        self.signatures = {**signatures, **{name: _signature(own) for name, own in functions.items()}}
        self.sizes = sizes
        self.spans: list[tuple[Formula, int, int]] = []
        self.constants: dict[int, Constant] = {}
        self.settled: list[tuple[int, int, str]] = []

    def read(self, node: ast.expr) -> Formula:
        """The formula of a node; raises `InputError` for a node that no formula has."""
        if type(node) not in _READERS:
            what = _NODES.get(type(node), type(node).__name__)
            hint = "it has + - * / ** @, x.T, x[0] and functions"
            if isinstance(node, ast.Compare):
                hint += "; 1 where it holds, else 0, is where(a > b, 1, 0)"
            raise self._fault(node, f"a formula has no {what}", hint)
        return self._keep(_READERS[type(node)](self, node), node)

    def _keep(self, formula: Formula, node: ast.expr) -> Formula:
        try:
            value = constant(formula, self.constants)
        except NoValueError as error:
            raise self._fault(node, str(error), "the numbers here have no usable value") from None
        if value is not None:
            self.constants[id(formula)] = value
        self.spans.append((formula, *self.source.span(node)))
        return formula

    def _fault(self, node: ast.expr, message: str, hint: str) -> InputError:
        return self.source.node_fault(node, message, hint)

    def _number(self, node: ast.Constant) -> Formula:
        if isinstance(node.value, bool | None):
            raise self._fault(
                node, f"'{node.value}' is not a number", "it can be the value of an option only"
            )
        if isinstance(node.value, str):
            mark = self.source.written(node)[0]
            raise self._fault(node, f"{mark!r} has no place in a formula", CHARACTERS[mark])
        return Number(Fraction(self.source.written(node)))

    def _name(self, node: ast.Name) -> Formula:
        name = self.source.written(node)
        if name in self.signatures:
            raise self._fault(node, f"'{name}' is a function", f"write {self.signatures[name].usage(name)}")
        if name == "pi":
            return Op("pi")
        if name in self.round.families:
            raise self._fault(node, f"'{name}' is one quantity a number", f"write which, as in {name}[1]")
        if name not in self.sizes and name in {*self.round.counters, *self.round.others}:
            return Number(Fraction(self._settle(node, self.positions.number(node))))
        return Size(name) if name in self.sizes else Name(name)

    def _binary(self, node: ast.BinOp) -> Formula:
        return Op(BINARY[type(node.op)], (self.read(node.left), self.read(node.right)))

    def _sign(self, node: ast.UnaryOp) -> Formula:
        operand = self.read(node.operand)
        return Op("negative", (operand,)) if isinstance(node.op, ast.USub) else operand

    def _attribute(self, node: ast.Attribute) -> Formula:
        name = self.source.written(node).rpartition(".")[2].strip()
        if name == "T":
            return Op("transpose", (self.read(node.value),))
        usage = f"write {self.signatures[name].usage(name)}" if name in self.signatures else None
        hint = of_method(name) or usage or "functions stand before their brackets, f(x); a transpose is x.T"
        raise self._fault(node, f"'.{name}' has no place in a formula", hint)

    def _settle(self, node: ast.expr, number: int) -> int:
        """A number of this round, kept to be written where the formula has counters."""
        self.settled.append((*self.source.span(node), str(number)))
        return number

    def _member(self, node: ast.Subscript) -> Formula:
        """One of a family: h[t-1] is the name h[2]."""
        number = self._settle(node.slice, self.positions.number(node.slice))
        name = f"{self.source.written(node.value)}[{number}]"
        return Size(name) if name in self.sizes else Name(name)

    def _index(self, node: ast.Subscript) -> Formula:
        if isinstance(node.value, ast.Name) and self.source.written(node.value) in self.round.families:
            return self._member(node)
        if self._is_look_up(node.slice):
            return Op("gather", (self.read(node.value), self.read(node.slice)))
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(parts) > MOST_AXES:
            raise self._fault(node, f"{len(parts)} indices", f"an array has at most {MOST_AXES} axes")
        key = tuple(self._position(part) for part in parts)
        return Op("index", (self.read(node.value),), (("key", key),))

    def _is_look_up(self, node: ast.expr) -> bool:
        """Whether what stands in brackets are labels, as in E[y] and E[w[:, t-1]], and no position."""
        match node:
            case ast.Name():
                return not self.round.counts(node)
            case ast.Subscript(value=ast.Name() as array, slice=key):
                parts = key.elts if isinstance(key, ast.Tuple) else [key]
                known = self.round.given.get(self.source.written(array))
                short = known is not None and len(parts) < known.ndim
                return short or any(isinstance(part, ast.Slice) for part in parts)
        return False

    def _position(self, node: ast.expr) -> Any:
        """One part of an index: a whole number, or ``("slice", start, stop)`` with None for an open end."""
        if not isinstance(node, ast.Slice):
            return self._integer(node)
        if node.step is not None:
            raise self._fault(node.step, "a slice with a step", "write x[start:stop]")
        return ("slice", *(None if end is None else self._integer(end) for end in (node.lower, node.upper)))

    def _integer(self, node: ast.expr) -> int:
        if self.round.counts(node):
            return self._settle(node, self.positions.position(node))
        value = literal(node, self.source)
        if type(value) is not int:
            new_axis = "a new axis is made by reshape(x, (n, 1))" if value is None else ""
            hint = new_axis or "write it as in x[0], x[-1] or x[1:3]"
            raise self._fault(node, "an index must be a whole number", hint)
        return value

    def _call(self, node: ast.Call) -> Formula:
        name = self._function(node.func)
        if self.signatures[name].sizes:
            return self._sized(name, node)
        call = Call(name, node, self.signatures[name], self.source)
        arguments, arrays = call.arguments(), call.signature.arrays
        if name in self.functions:
            return self._own(self.functions[name], dict(arguments))
        taken = [pair for pair in arguments if pair[0] in arrays and pair[0] != TEXT]
        args = tuple(self._argument(array, value) for array, value in taken)
        if arrays[0] == TEXT:
            return Op(name, args, ((TEXT, explicit(node.args[0], len(args), self.source)),))
        options = {option: value for option, value in arguments if option not in arrays}
        chosen = call.options(options)
        if name == "norm":
            return _norm(args[0], dict(chosen))
        return Op(CALLED[name] if chosen and name in CALLED else name, args, chosen)

    def _sized(self, name: str, node: ast.Call) -> Formula:
        """What takes sizes, behind its arrays: ``eye(3)``, ``zeros((n, m))``, ``reshape(x, (n, 1))``."""
        signature = self.signatures[name]
        option, usage, count = signature.sizes, f"write {signature.usage(name)}", len(signature.arrays)
        arrays, sized = node.args[:count], node.args[count:]
        parts = sized[0].elts if sized and isinstance(sized[0], ast.Tuple) else sized
        counts, told = LENGTHS[option]
        if node.keywords or len(arrays) < count or len(parts) not in counts:
            raise self._fault(node, f"{name} takes {'an array, then ' if count else ''}{told}", usage)
        args = tuple(map(self.read, arrays))
        sizes = tuple(self._size(part, rest=count > 0 and option == "shape") for part in parts)
        if sizes.count(REST) > 1:
            raise self._fault(node, "only one size can be what the others leave", usage)
        return Op(name, args, ((option, sizes[0] if option == "size" else sizes),))

    def _size(self, node: ast.expr, *, rest: bool = False) -> int | str:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)) if rest:
                return REST
            case ast.Constant(value=int() as size) if not isinstance(size, bool) and 1 <= size <= MAX_SIZE:
                return size
            case ast.Name() if (name := self.source.written(node)) not in {*self.signatures, "pi"}:
                return name
        hint = "write a whole number, or the name of a size as under 'shapes'"
        raise self._fault(node, "this is no size", hint)

    def _own(self, function: Function, given: Mapping[str, ast.expr]) -> Formula:
        """A call with a formula for every argument: what is left out has its default."""
        ends = function.parameters[-len(function.defaults) :]
        defaults = dict(zip(ends, map(Number, function.defaults), strict=False))
        args = tuple(
            self.read(given[parameter]) if parameter in given else defaults[parameter]
            for parameter in function.parameters
        )
        return Op("call", args, (("definition", function),))

    def _function(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Name):
            self.read(node)
            raise self._fault(node, "only a function can be called", "a product is written a * b")
        name = self.source.written(node)
        if name not in self.signatures:
            if (other := instead(name)) is not None:
                raise self._fault(node, f"NumPy's '{name}' is no function of formulas", other)
            hint = spelled(name) or mend(name, self.signatures, f"a product is written {name} * (...)")
            raise self._fault(node, f"unknown function '{name}'", hint)
        return name

    def _argument(self, array: str, node: ast.expr) -> Formula:
        if array != CONDITION:
            return self.read(node)
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
                return self._keep(Op(COMPARISONS[type(op)], (self.read(left), self.read(right))), node)
        raise self._fault(node, "where begins with one comparison", "write it as in where(a > b, p, q)")


def _signature(function: Function) -> Signature:
    required = len(function.parameters) - len(function.defaults)
    options = zip(function.parameters[required:], function.defaults, strict=True)
    return Signature(function.parameters[:required], tuple(options))


_READERS: Mapping[type[ast.expr], Callable[[Reader, Any], Formula]] = {
    ast.Constant: Reader._number,
    ast.Name: Reader._name,
    ast.BinOp: Reader._binary,
    ast.UnaryOp: Reader._sign,
    ast.Attribute: Reader._attribute,
    ast.Subscript: Reader._index,
    ast.Call: Reader._call,
}
_NODES: Mapping[type[ast.expr], str] = {
    ast.Compare: "comparison outside where(a > b, p, q)",
    ast.List: "list: arrays stand under 'given'",
    ast.Tuple: "comma outside a function's brackets",
    ast.Starred: "'*' before an argument",
}


def _norm(x: Formula, options: dict[str, OptionValue]) -> Formula:
    """A norm of all entries is an operation of its own; along axes it is written by a sum, or the largest."""
    order = options.pop("ord", 2)
    if not options:
        return Op(ORDERS[order], (x,))
    along = tuple(options.items())
    if order == "inf":
        return Op("max", (Op("abs", (x,)),), along)
    whole = Op("sum", (Op("abs", (x,)) if order == 1 else Op("power", (x, TWO)),), along)
    return whole if order == 1 else Op("sqrt", (whole,))

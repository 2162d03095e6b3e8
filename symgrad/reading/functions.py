"""The problem's own functions: heads such as ``scaled(t, a=1)``, and bodies that are elementwise formulas."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError, Place
from symgrad.operations import FORMULA_SIGNATURES, OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.own import CALL
from symgrad.operations.own_derivative import NoDerivative, own_derivative
from symgrad.reading.calls import literal
from symgrad.reading.formula import ParsedFormula, parse_formula, parse_tree
from symgrad.reading.nearest import mend
from symgrad.reading.source import Located, Path, within
from symgrad.reading.tokens import FormulaText
from symgrad.tree import Formula, Function, Name, Op, children, transform, walk

MAX_FUNCTIONS = 50
MAX_PARAMETERS = 8
MAX_SIZE = 200  # operations of a body, with the bodies of the functions in it written out
MAX_DEPTH = 60  # operations inside one another, counted likewise: numbers are found by recursion

_LATE = re.compile(r"=[^,=]*,\s*([A-Za-z]\w*)\s*[,)]")
_HEAD = "write it as in swish(t): t * sigmoid(t)"
_RESERVED: Mapping[str, str] = Derived(
    OPERATIONS,
    lambda record: {record.name: "is a function already"} if record.name in FORMULA_SIGNATURES else {},
    {"pi": "is the number pi"},
)
_NO_RECORDS = (CALL.name, "where", "pi")


class Head(Struct, frozen=True):
    """What stands before the colon, as a function without a body, and where."""

    function: Function
    path: Path
    source: FormulaText


def read_functions(located: Located) -> Mapping[str, Function]:
    """The functions under ``functions``, by name, in the order of the file.

    Raises `InputError` for a head or a body that cannot be used, for functions that call each other in
    a circle, and for bodies that are too large.
    """
    section: Path = ("functions",)
    if section not in located.values:
        return {}
    written = located.at(section)
    if len(written) > MAX_FUNCTIONS:
        message = f"{len(written)} functions; the limit is {MAX_FUNCTIONS}"
        raise InputError(message, place=located.key_place(section), hint="leave out those nothing uses")
    heads = {head.function.name: head for head in _heads(located, section, written)}
    stubs = {name: head.function for name, head in heads.items()}
    bodies = {name: _body(located, head, stubs) for name, head in heads.items()}
    made: dict[str, Function] = {}
    for name in _in_order(bodies):
        made[name] = _complete(stubs[name], bodies[name], made)
    return {name: made[name] for name in heads}


# --- heads ------------------------------------------------------------------------------------------


def _heads(located: Located, section: Path, written: Mapping[str, object]) -> Iterator[Head]:
    lines: dict[str, int] = {}
    for key in written:
        head = _head(located, (*section, key), key)
        name, place = head.function.name, head.source.place
        if name in lines:
            message = f"the function '{name}' stands here a second time, after line {lines[name]}"
            raise InputError(message, place=place, hint="rename one of them, or delete it")
        lines[name] = place.line
        yield head


def _head(located: Located, path: Path, key: str) -> Head:
    source = FormulaText(key, _inside(located.key_place(path), key))
    if late := _LATE.search(key):
        message = f"'{late[1]}' has no default, and one before it has"
        raise source.fault(message, *late.span(1), "arguments with a default come last")
    match parse_tree(source):
        case ast.Call(func=ast.Name() as called, args=args, keywords=keywords) if args or keywords:
            parameters = [_parameter(source, arg) for arg in args]
            defaults = [_default(source, keyword) for keyword in keywords]
        case node:
            raise source.node_fault(node, "no head of a function: its name, then its arguments", _HEAD)
    name = source.written(called)
    if name in _RESERVED:
        raise source.node_fault(called, f"'{name}' {_RESERVED[name]}", "choose another name")
    names = (*parameters, *(parameter for parameter, _ in defaults))
    _check_parameters(source, names, name)
    return Head(Function(name, names, tuple(value for _, value in defaults), None), path, source)


def _inside(place: Place, key: str) -> Place:
    """Where the text of a key begins: behind its quote, where it has one."""
    quoted = place.text[place.column - 1 : place.column] in ("'", '"')
    return within(place, 1, len(key) + 1) if quoted else place


def _parameter(source: FormulaText, node: ast.expr) -> str:
    name = source.written(node)
    if not isinstance(node, ast.Name):
        raise source.node_fault(node, "an argument of a function is a name", _HEAD)
    return name


def _default(source: FormulaText, keyword: ast.keyword) -> tuple[str, Fraction]:
    value = literal(keyword.value, source)
    if not isinstance(value, int | Fraction) or isinstance(value, bool):
        message = "the default of an argument is a number"
        raise source.node_fault(keyword.value, message, "write it as in scaled(t, a=1): a * tanh(t)")
    return source.written(keyword).partition("=")[0].strip(), Fraction(value)


def _check_parameters(source: FormulaText, names: tuple[str, ...], function: str) -> None:
    if len(names) > MAX_PARAMETERS:
        message = f"a function of {len(names)} arguments; the limit is {MAX_PARAMETERS}"
        raise source.fault(message, 0, len(source.text), "split the function")
    for position, name in enumerate(names):
        if name in names[:position]:
            raise _at(source, name, f"the argument '{name}' stands here twice", "rename one of them")
        if name == function or name in _RESERVED:
            what = "is the function itself" if name == function else _RESERVED[name]
            raise _at(source, name, f"'{name}' {what}", "choose another name for the argument")


def _at(source: FormulaText, name: str, message: str, hint: str) -> InputError:
    """A fault at the last place where a name stands in a head."""
    *_, found = re.finditer(rf"\b{name}\b", source.text)
    return source.fault(message, *found.span(), hint)


# --- bodies -----------------------------------------------------------------------------------------


def _body(located: Located, head: Head, stubs: Mapping[str, Function]) -> ParsedFormula | None:
    """The body with its calls of other functions, whose own bodies are not in place yet."""
    value = located.at(head.path)
    if value is None:
        return None
    text = value if isinstance(value, str) else located.written(head.path)
    for parameter in head.function.parameters:
        if parameter in stubs:
            hint = "choose another name for the argument"
            raise _at(head.source, parameter, f"'{parameter}' is a function of this problem", hint)
    parsed = parse_formula(text, located.place(head.path), functions=stubs)
    for node in walk(parsed.formula):
        _check_node(node, parsed, head.function)
    return parsed


def _check_node(node: Formula, parsed: ParsedFormula, function: Function) -> None:
    if isinstance(node, Name) and node.id not in function.parameters:
        message = f"'{node.id}' is no argument of {function.name}"
        hint = mend(node.id, function.parameters, f"add it: {_usage(function, node.id)}")
        raise InputError(message, place=parsed.place_of(node), hint=hint)
    elementwise = isinstance(node, Op) and (node.name in _NO_RECORDS or OPERATIONS[node.name].scalar)
    if isinstance(node, Op) and not elementwise:
        message = f"'{node.name}' works on whole arrays, and a function on single entries"
        hint = "a body has + - * / **, numbers, where(a > b, p, q) and elementwise functions"
        raise InputError(message, place=parsed.place_of(node), hint=hint)


def _usage(function: Function, added: str) -> str:
    required = function.parameters[: len(function.parameters) - len(function.defaults)]
    listed = (*required, added, *(["..."] if function.defaults else ()))
    return f"{function.name}({', '.join(listed)})"


# --- functions in functions -------------------------------------------------------------------------


def _in_order(bodies: Mapping[str, ParsedFormula | None]) -> Iterator[str]:
    """The names so that each follows those in its body; `InputError` where there is a circle."""
    used = {name: [f.name for f, _ in _calls(parsed)] for name, parsed in bodies.items()}
    try:
        yield from TopologicalSorter(used).static_order()
    except CycleError as error:
        inner, outer = error.args[1][:2]
        parsed = bodies[outer]
        assert parsed is not None
        call = next(node for function, node in _calls(parsed) if function.name == inner)
        message = f"'{outer}' is defined by itself" + ("" if inner == outer else f", through '{inner}'")
        raise InputError(message, place=parsed.place_of(call), hint="write the formula out") from None


def _calls(parsed: ParsedFormula | None) -> list[tuple[Function, Op]]:
    nodes = walk(parsed.formula) if parsed else ()
    return [(n.option("definition"), n) for n in nodes if isinstance(n, Op) and n.name == CALL.name]


def _complete(stub: Function, parsed: ParsedFormula | None, made: Mapping[str, Function]) -> Function:
    """The function with its body, and the functions in that complete."""
    if parsed is None:
        return stub

    def settle(node: Formula) -> Formula:
        if isinstance(node, Op) and node.name == CALL.name:
            return replace(node, options=(("definition", made[node.option("definition").name]),))
        return node

    body = transform(parsed.formula, settle)
    _check_size(body, parsed)
    function = replace(stub, body=body)
    try:
        for position in range(len(function.parameters)):
            own_derivative(function, position)
    except NoDerivative as error:
        hint = "a body has a real value and a real derivative somewhere"
        raise InputError(str(error), place=parsed.place, hint=hint) from None
    return function


def _check_size(body: Formula, parsed: ParsedFormula) -> None:
    for measure, limit in ((_size, MAX_SIZE), (_depth, MAX_DEPTH)):
        if measure(body) > limit:
            inside = ", one inside the other" if measure is _depth else ""
            message = f"a body of more than {limit} operations{inside}, all functions in it written out"
            hint = "make some of its parts quantities under 'forward'"
            raise InputError(message, place=parsed.place, hint=hint)


def _size(formula: Formula) -> int:
    return sum(1 + (_size(inner) if (inner := _inner(node)) else 0) for node in walk(formula))


def _depth(formula: Formula) -> int:
    inner = _inner(formula)
    return 1 + max(map(_depth, children(formula)), default=0) + (_depth(inner) if inner else 0)


def _inner(node: Formula) -> Formula | None:
    """The body of the function that a node calls."""
    function = node.option("definition") if isinstance(node, Op) else None
    return function.body if isinstance(function, Function) else None

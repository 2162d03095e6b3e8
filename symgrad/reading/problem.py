"""Reading a problem file, stage by stage: YAML, types, formulas, givens, names."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.reading.arrays import read_array
from symgrad.reading.checks import check_names, unused
from symgrad.reading.each import completed, read_each
from symgrad.reading.formula import ParsedFormula, parse_equation, parse_formula
from symgrad.reading.functions import read_functions
from symgrad.reading.methods import read_rule
from symgrad.reading.model import Problem, Report, Update, default_wrt
from symgrad.reading.repeat import read_repeat
from symgrad.reading.rounds import INDEXED, Round
from symgrad.reading.schema import ProblemFile, validate
from symgrad.reading.sizes import bind_sizes, size_names
from symgrad.reading.source import Located, Path
from symgrad.reading.unrolling import unrolled
from symgrad.reading.yaml import load_yaml, read_yaml
from symgrad.tree import Formula, Function

__all__ = ["Problem", "Report", "Update", "default_wrt", "load_problem", "problem_from_data", "read_problem"]

MAX_QUANTITIES = 2_000


def load_problem(path: pathlib.Path) -> Problem:
    """The problem in a YAML file. Raises `InputError` with its place."""
    return problem_from_data(load_yaml(path))


def read_problem(text: str, file: str = "problem") -> Problem:
    """The problem in a YAML text; ``file`` is its name in messages."""
    return problem_from_data(read_yaml(text, file))


def problem_from_data(located: Located) -> Problem:
    """The problem in plain data that knows its places. Raises `InputError`."""
    file = validate(located)
    repeat = read_repeat(file, located, _lasts(file, located))
    if repeat.counters:
        located, repeat = unrolled(file, located, repeat)
        file = validate(located)
    _check_length(file, located)
    open_ = {counter.end: counter.last for counter in repeat.open}
    sizes = frozenset((*size_names(file), *open_))
    each = read_each(file, located)
    given = completed({name: read_array(located, ("given", name)) for name in file.given}, each)
    functions = read_functions(located)
    fixed = {name: array for name, array in given.items() if not any(name in entry for entry in each)}
    rounds = {name: replace(repeat.round(name), given=fixed) for name in file.forward}
    forward = tuple(
        (name, _formula(located, ("forward", name), sizes, functions, rounds[name])) for name in file.forward
    )
    of, *also = file.backward.objectives or (forward[-1][0],)
    problem = Problem(
        title=file.title,
        forward=forward,
        of=of,
        also=tuple(also),
        seed=file.backward.seed,
        jacobians=file.backward.jacobians,
        hessians=file.backward.second,
        along=tuple(file.backward.hessian_products.items()),
        wrt=file.backward.wrt,
        data=file.data,
        given=MappingProxyType(given),
        each=each,
        shapes=MappingProxyType(file.shapes),
        sizes=MappingProxyType({**bind_sizes(file.shapes, given, located), **open_}),
        functions=MappingProxyType(functions),
        update=file.update,
        assume=tuple(
            _equation(located, position, sizes, functions, repeat.round())
            for position in range(len(file.assume))
        ),
        write=MappingProxyType(file.write),
        report=file.report,
        variants=file.variants,
        located=located,
        repeat=repeat,
        rule=read_rule(file.update, located, given, functions) if file.update else None,
    )
    check_names(problem)
    return replace(problem, warnings=unused(problem))


def _check_length(file: ProblemFile, located: Located) -> None:
    if not file.forward:
        message = "'forward' holds no quantity"
        raise InputError(message, place=located.place(("forward",)), hint="write one, as in u: W @ x + b")
    if len(file.forward) > MAX_QUANTITIES:
        message = f"{len(file.forward):,} forward quantities; the limit is {MAX_QUANTITIES:,}"
        raise InputError(message, place=located.key_place(("forward",)), hint="split the problem")


def _lasts(file: ProblemFile, located: Located) -> dict[str, int]:
    """The sizes that may end a counter: those that plain givens show."""
    if not any(isinstance(last, str) for _, last in file.repeat.values()):
        return {}
    shapes = {n: shape for n, shape in file.shapes.items() if n in file.given and not INDEXED.fullmatch(n)}
    return bind_sizes(shapes, {name: read_array(located, ("given", name)) for name in shapes}, located)


def _formula(
    located: Located,
    path: Path,
    sizes: Collection[str],
    functions: Mapping[str, Function],
    round_: Round,
) -> ParsedFormula:
    """A bare number is read as the file writes it, so that 0.1 is 1/10."""
    value = located.at(path)
    text = value if isinstance(value, str) else located.written(path)
    return parse_formula(text, located.place(path), sizes=sizes, functions=functions, round_=round_)


def _equation(
    located: Located,
    position: int,
    sizes: Collection[str],
    functions: Mapping[str, Function],
    round_: Round,
) -> tuple[Formula, Formula]:
    path = ("assume", position)
    left, right = parse_equation(
        located.at(path), located.place(path), sizes=sizes, functions=functions, round_=round_
    )
    return left.formula, right.formula

"""The generated parts of the documentation: each a function from the package's own tables to Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sympy

import symgrad as sg
from symgrad.calculus.steps import RULES
from symgrad.checking.explaining.catalogue import catalogue
from symgrad.commands.examples import examples
from symgrad.graph import Graph, build_graph
from symgrad.methods import METHODS
from symgrad.notation.notations import NOTATIONS
from symgrad.operations import OPERATIONS
from symgrad.operations.derivative import arguments, output, scalar_derivative, scalar_formula
from symgrad.operations.model import Operation
from symgrad.operations.record import Scope, View
from symgrad.operations.signature import Signature
from symgrad.reading.rubric import Rubric
from symgrad.reading.schema import ProblemFile
from symgrad.reading.sections import Key, Section, keys_of, section_of
from symgrad.rendering import Choices, look_of, render
from symgrad.solving import solve
from symgrad.styles import STYLES
from symgrad.tree import Name, Op

EXERCISE = Path(__file__).parent / "exercise3" / "exercise3.yaml"
LETTERS = "ijpqrs"
BAR = r"\vert "


# --- operations ------------------------------------------------------------------------------------------


def operations() -> str:
    """Every operation that a formula can call: how it is written, what it is, what comes back through it."""
    called = (record for record in OPERATIONS.values() if record.call)
    ordered = sorted(called, key=lambda record: (list(_KINDS).index(record.kind), record.name))
    return "\n\n".join("\n\n".join(_operation(record)) for record in ordered)


def _operation(record: Operation) -> Iterator[str]:
    signature = record.call if isinstance(record.call, Signature) else None
    yield f"### `{signature.usage(record.name) if signature else record.call}`"
    yield f"{record.title[0].upper()}{record.title[1:]}; {_KINDS[record.kind]}."
    if record.scalar is not None:
        count = record.scalar.__code__.co_argcount - len(signature.options if signature else ())
        arrays = signature.arrays if signature else ("x",) if count == 1 else ("a", "b")
        yield _display(_scalar(record.name, arrays))
        yield "Shapes: any, broadcast as in NumPy." if count > 1 else "Shape: any; the result has the same."
    else:
        yield from _worked(record)
    yield f"Why: {'; '.join(dict.fromkeys([record.why] if isinstance(record.why, str) else record.why))}."


_KINDS = {
    "elementwise": "elementwise",
    "linear": "linear in each argument",
    "structured": "its Jacobian mixes entries",
    "implicit": "defined by an identity, which is differentiated",
}


def _scalar(name: str, arrays: tuple[str, ...]) -> list[str]:
    """f and its derivatives, in the short form that reports have, where there is one."""
    count = len(arrays)
    names = dict(zip(arguments(count), map(_real, arrays), strict=True))
    names[output()] = sympy.Symbol("y")
    free = (None,) * count
    rows = [f"y &= {_latex(scalar_formula(name, (), free).subs(names))}"]
    for n, symbol in enumerate(arguments(count)):
        found = scalar_derivative(name, (), free, n)
        slope = found.raw if found.expression is None else found.expression
        written = rf"\operatorname{{{found.operation}}}(x)" if found.operation else _latex(slope.subs(names))
        rows.append(rf"\frac{{\partial y}}{{\partial {names[symbol]}}} &= {written}")
    return rows


def _real(letter: str) -> sympy.Symbol:
    return sympy.Symbol(letter, real=True)


def _worked(record: Operation) -> Iterator[str]:
    """Definition and gradients at arguments of example shapes, as symgrad derives them."""
    call, shapes = record.shown.formula, record.shown.shapes
    forward = {"y": call, "L": "sum(C * y)"}
    problem = sg.problem(forward, shapes=shapes, data=["C"])
    solution = sg.solve(problem)
    rows = _definition(record, build_graph(problem))
    for name, gradient in solution.gradients.items():
        if name in shapes and name != "c":
            rows.append(rf"\frac{{\partial L}}{{\partial {name}}} &= {gradient.latex}")
    arrays = ", ".join(f"{name} {_shape(shape)}" for name, shape in shapes.items())
    yield f"Shapes of `{call}`: {arrays} give y {_shape(solution.gradients['y'].shape)}."
    yield _display(rows)


def _shape(shape: tuple[Any, ...]) -> str:
    return f"`[{', '.join(map(str, shape))}]`" if shape else "(a scalar)"


def _definition(record: Operation, graph: Graph) -> list[str]:
    """y_ij = …, where a definition needs no array of constants (a selection, a window)."""
    formula, scope = graph.quantities["y"], Scope()
    if not isinstance(formula, Op) or not all(isinstance(part, Name) for part in formula.args):
        return []
    views = tuple(_view(part.id, graph.shape(part)) for part in formula.args if isinstance(part, Name))
    out = tuple(scope.index(dim) for dim in graph.shape(formula))
    entry = record.entry(scope, views, out, dict(formula.options))
    if scope.constants:
        return []
    names = {index: sympy.Symbol(letter) for index, letter in zip(scope.dims, LETTERS, strict=False)}
    names |= {size: sympy.Symbol(str(dim)) for size, dim in scope.sizes.items()}
    left = f"y_{{{' '.join(str(names[index]) for index in out)}}}" if out else "y"
    return [f"{left} &= {_latex(entry.xreplace(names))}"]


def _view(name: str, dims: tuple[Any, ...]) -> View:
    return View(sympy.IndexedBase(name) if dims else sympy.Symbol(name), dims)


def _latex(expression: Any) -> str:
    return str(sympy.latex(expression, fold_short_frac=False, inv_trig_style="full")).replace("\\log", "\\ln")


def _display(rows: list[str]) -> str:
    lines = " \\\\\n".join(rows)
    return f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$"


# --- the problem file and the rubric ------------------------------------------------------------------------


def problem_keys() -> str:
    """The keys of a problem file, section by section."""
    return "\n\n".join(_keys(ProblemFile, ()))


def rubric_keys() -> str:
    """The keys of a rubric."""
    return "\n".join(_table(("key", "value"), [_key_row(*item)[:2] for item in keys_of(Rubric).items()]))


def _keys(section: type[Section], path: tuple[str, ...]) -> Iterator[str]:
    known = keys_of(section)
    title = (
        f"### Under `{path[-1]}`: {(section.__doc__ or '').rstrip('.').lower()}" if path else "### The file"
    )
    rows = [_key_row(name, key) for name, key in known.items()]
    yield f"{title}\n\n" + "\n".join(_table(("key", "value", "as in"), rows))
    for name, key in known.items():
        if (inner := section_of(key.type)) is not None:
            yield from _keys(inner, (*path, name))


def _key_row(name: str, key: Key) -> tuple[str, ...]:
    sample = f"`{name}: {key.example}`" if key.example else ""
    return f"`{name}`{' (needed)' if key.needed else ''}", key.description, sample


def methods() -> str:
    """The optimisers: their lines, constants and sources."""
    rows = []
    for method in sorted(METHODS.values(), key=lambda method: method.name):
        lines = "<br>".join(f"`{target} = {text}`" for target, text in method.lines.items())
        constants = ", ".join(f"`{name}: {value:g}`" for name, value in method.constants.items())
        rows.append((f"`{method.name}`", lines, constants))
    return "\n".join(_table(("method", "what a step does, line by line", "constants"), rows))


def example_files() -> str:
    """The examples, which `symgrad new --like` copies."""
    titles = ((f"`{name}`", file.read_text("utf-8").split('"')[1]) for name, file in examples().items())
    return "\n".join(_table(("name", "what it is"), titles))


# --- notations, styles, steps, mistakes ---------------------------------------------------------------------


def notations() -> str:
    """One gradient of the exercise in every notation."""
    return "\n\n".join(
        f"### `{name}`\n\n{_passage(_report('lab', name), 'Gradient with respect to $W$')}"
        for name in NOTATIONS
    )


def styles() -> str:
    """The headings of the exercise's report in every style, and one passage of it."""
    return "\n\n".join("\n\n".join(_style(name)) for name in STYLES)


PASSAGES = {
    "lab": "Gradient with respect to $W$",
    "exercise": "With respect to $W$",
    "assignment": "With respect to an entry of $W$",
    "practical": "1.2 Layer by layer",
    "columns": "Gradient with respect to $W$",
}


def _style(name: str) -> Iterator[str]:
    report = _report(name, None)
    style = STYLES[name]
    headings = [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]
    yield f"### `{name}`"
    digits = f"{style.digits.count} {_DIGITS[style.digits.kind]}"
    yield f"Written in `{style.notation}`, with {digits}, unless told otherwise."
    yield f"Sections: {' · '.join(headings)}."
    yield f"**{PASSAGES[name]}**"
    yield _passage(report, PASSAGES[name])


_DIGITS = {"decimals": "decimals", "significant": "significant digits"}


def _report(style: str, notation: str | None) -> str:
    """The exercise's report in Markdown."""
    problem = sg.load(EXERCISE)
    rendered = render(solve(problem), ["md"], look_of(problem, Choices(style, notation)))
    return rendered["md"].decode()


def _passage(report: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    after = report.split(f"# {heading}\n", 1)[1]
    return after.split("\n#", 1)[0].strip()


def mistakes() -> str:
    """The catalogue of mistakes."""
    rows = [
        (f"`{m.id}`", m.statement, _inline(m.wrong), _inline(m.right))
        for m in sorted(catalogue(), key=lambda m: m.id)
        if m.named
    ]
    return "\n".join(_table(("mistake", "what is done", "wrong", "right"), rows))


def _inline(latex: str) -> str:
    """LaTeX in a cell of a table, where | would end the cell."""
    return f"${latex.replace('|', BAR)}$"


def rules() -> str:
    """The rules that a step of a derivation can name."""
    return "\n".join(_table(("rule", "what it says"), [(f"`{id}`", r.statement) for id, r in RULES.items()]))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "operations": operations,
    "problem-keys": problem_keys,
    "methods": methods,
    "rubric-keys": rubric_keys,
    "examples": example_files,
    "notations": notations,
    "styles": styles,
    "mistakes": mistakes,
    "rules": rules,
}

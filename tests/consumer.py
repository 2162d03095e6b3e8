"""What a user's own typed program does with symgrad: all of its public API, and the type of each answer.

`.ci/run` checks this file with mypy and pyright, both strict, against the installed package; an ``Any`` or
an unknown type in an answer fails its ``assert_type``. tests/test_typing.py runs it.
"""

# pyright: strict
from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import symgrad as sg

Shape = tuple[str | int, ...]
Numbers = dict[str, NDArray[np.float64]]
REFUTED = (sg.Verdict.WRONG, sg.Verdict.CARRIED)
STANDING = (sg.Verdict.CORRECT, sg.Verdict.ROUNDED)
SILENT = (sg.Verdict.UNREADABLE, sg.Verdict.UNCHECKED)


def stated() -> sg.Problem:
    """Every key of a problem file, as a keyword."""
    return assert_type(
        sg.problem(
            {"h": "swish(w * x)", "L": "(h - n)**2 * sum(v)", "M": "dot(q, q)"},
            title="A unit",
            backward={"of": ["L", "h"], "wrt": ["w"]},
            data=["x"],
            given={"x": 2, "w": np.float64(0.5), "n": np.array(1.0), "v": [0.25, 0.75]},
            shapes={"q": ["k"]},
            update={"rate": 0.1, "parameters": ["w"], "steps": 2},
            assume=["sum(v) == 1"],
            functions={"swish(t)": "t * sigmoid(t)"},
            write={"w": r"\omega"},
            report={"style": "lab", "digits": 4},
            variants={"keep": ["n"]},
        ),
        sg.Problem,
    )


def ask(problem: sg.Problem) -> None:
    """What a problem says of itself."""
    assert_type(problem.title, str)
    assert_type(problem.of, str)
    assert_type(problem.also, tuple[str, ...])
    assert_type(problem.seed, str | None)
    assert_type(problem.jacobians, tuple[tuple[str, str], ...])
    assert_type(problem.hessians, tuple[tuple[str, str], ...])
    assert_type(problem.looked_up, tuple[str, ...])
    assert_type(list(problem.repeat.counters), list[str])
    assert_type(problem.wrt, tuple[str, ...] | None)
    assert_type(problem.data, tuple[str, ...])
    assert_type(problem.leaves, tuple[str, ...])
    assert_type(problem.warnings, tuple[str, ...])
    assert_type(problem.given, Mapping[str, NDArray[np.float64]])
    assert_type(problem.each, tuple[Mapping[str, NDArray[np.float64]], ...])
    assert_type(problem.points, tuple[Mapping[str, NDArray[np.float64]], ...])
    assert_type(problem.shapes, Mapping[str, tuple[int | str, ...]])
    assert_type(problem.sizes, Mapping[str, int])
    assert_type(problem.write, Mapping[str, str])
    assert_type(problem.letters, frozenset[str])
    assert_type([(name, parsed.text) for name, parsed in problem.forward], list[tuple[str, str]])
    assert_type(problem.formulas["L"].place.line, int)
    assert_type([len(sides) for sides in problem.assume], list[int])
    assert_type(problem.functions["swish"].parameters, tuple[str, ...])
    assert_type(problem.report.digits, int | None)
    assert_type(problem.variants.keep, tuple[str, ...])
    assert_type(list(problem.exact), list[str])
    assert_type(problem.along, tuple[tuple[str, str], ...])
    assert_type(problem.place("given", "x").where, str)
    assert_type(problem.key_place("given", "x").row, str)
    assert_type(problem.files, tuple[Path, ...])
    if problem.update is not None:
        assert_type(problem.update.steps, int)


def look_at(view: sg.GradientView) -> None:
    """A gradient, its forms and its steps."""
    assert_type((view.name, view.of, view.latex, str(view)), tuple[str, str, str, str])
    assert_type(view.shape, Shape)
    assert_type(view.value, NDArray[np.float64])
    assert_type(view.index_form, sg.FormulaView)
    if (form := view.matrix_form) is not None:
        assert_type(form.latex, str)
        print(form.formula, view.index_form.sympy)
    for step in view.steps:
        assert_type(step, sg.StepView)
        assert_type((step.target, step.rule, step.why, step.proof), tuple[str, str, str, str])
        assert_type((step.before, step.after), tuple[sg.FormulaView, sg.FormulaView])
        assert_type(step.shapes, Mapping[str, Shape])


def read(solution: sg.WorkedSolution) -> None:
    """Everything a solution answers."""
    assert_type((solution.problem, solution.of), tuple[sg.Problem, str])
    assert_type(solution.warnings, tuple[str, ...])
    assert_type(solution.value("h"), NDArray[np.float64])
    assert_type(solution.gradients, sg.Named[sg.GradientView])
    assert_type(solution.also, sg.Named[sg.Named[sg.GradientView]])
    for found in (solution.jacobians, solution.hessians):
        for one in assert_type(found, sg.Named[sg.DerivativeView]).values():
            assert_type((one.name, one.latex, one.proof), tuple[str, str, str])
            assert_type((one.shape, one.definite), tuple[Shape, str | None])
            assert_type((one.formula, one.value), tuple[sg.FormulaView, NDArray[np.float64]])
    page = assert_type(solution.page(), sg.Page)
    assert_type((page.title, page.html, page.height), tuple[str, str, str])
    for view in solution.gradients.values():
        look_at(view)
    if (training := solution.training) is not None:
        assert_type((training.rate, training.losses), tuple[float, NDArray[np.float64]])
        assert_type(training.steps[0].updated, Mapping[str, NDArray[np.float64]])


def see(witness: sg.Witness) -> None:
    """The numbers that refute a line."""
    assert_type((witness.sizes, witness.sides), tuple[Mapping[str, int], tuple[int, int]])
    assert_type(witness.shapes, tuple[tuple[int, ...], ...] | None)
    assert_type((witness.functions, witness.reason), tuple[Mapping[str, str] | None, str])
    print(witness.at, witness.left, witness.right)


def checked(problem: sg.Problem) -> None:
    """Everything a checked work answers."""
    work = assert_type(sg.check("$h = 1$", problem), sg.CheckedWork)
    assert_type((work.name, work.claims, work.judged), tuple[str, int, int])
    assert_type(work.counts, Mapping[sg.Verdict, int])
    assert_type((work.missing, work.notes), tuple[tuple[str, ...], tuple[str, ...]])
    assert_type(work.points, tuple[float, float] | None)
    for line in work:
        assert_type(line, sg.CheckedLine)
        assert_type((line.id, line.row, line.column, line.latex), tuple[int, int, int, str])
        assert_type((line.verdict, line.message), tuple[sg.Verdict, str])
        assert_type((line.quantity, line.mistake, line.proof), tuple[str | None, str | None, str | None])
        assert_type((line.hint, line.right, line.root), tuple[str | None, str | None, int | None])
        if line.verdict in REFUTED and line.witness is not None:
            see(line.witness)
    assert_type(work.page(), sg.Page)
    if (first := work.first_wrong) is not None:
        print(first.right, len(work.lines), str(work))
    print(sum(work.counts[verdict] for verdict in (*STANDING, *SILENT)))


def call(function: sg.NumpyFunction) -> None:
    """The solution as a NumPy function."""
    assert_type((function.source, function.leaves), tuple[str, tuple[str, ...]])
    found = assert_type(function({"w": 1.0, "q": [1, 2]}, x=2), sg.Evaluated)
    assert_type((found.quantities, found.gradients), tuple[Numbers, Numbers])
    quantities, _ = found
    assert_type(quantities["L"], NDArray[np.float64])


def failing(solution: sg.WorkedSolution) -> str:
    """The errors, and what each carries."""
    try:
        sg.load(Path("no such file"))
        sg.from_torch(None, [1.0], None, title="A model")
    except sg.NotSupported as error:
        return error.hint
    except sg.InputError as error:
        assert_type(error.message, str)
        print(error.place.where if error.place is not None else error.hint)
    except (sg.DerivationError, sg.SymgradError) as error:
        return str(error)
    try:
        solution.value("M")
    except sg.UnknownName as error:
        return str(error)
    return sg.__version__


def main(folder: Path) -> Path:
    """All of it; the report is written to a folder."""
    problem = stated()
    ask(problem)
    solution = assert_type(sg.solve(problem), sg.WorkedSolution)
    read(solution)
    checked(problem)
    call(assert_type(solution.numpy(), sg.NumpyFunction))
    print(failing(solution))
    target = folder / "unit.tex"
    written = solution.write(target, style="lab", notation="prod", digits=3, engine="typst")
    sheet = folder / "square.md"
    sheet.write_text("$L = w^2$\n", encoding="utf-8")
    assert_type(sg.build(sheet, to=["tex"], folder=folder), tuple[Path, ...])
    return assert_type(written, Path)

"""What holds for every module: imports run one way, every file is short, nothing is ever evaluated."""

import ast
from functools import cache
from pathlib import Path

import pytest
from slow import SLOW

from symgrad.errors import NotSupported
from symgrad.operations import CALLED, FORMULA_SIGNATURES, OPERATIONS, operation
from symgrad.reading.syntax import BINARY, COMPARISONS

ROOT = Path(__file__).parent.parent / "symgrad"
FILES = sorted(ROOT.rglob("*.py"))
MAX_LINES = 350

# From left to right: a module imports from its own layer and from those before it.
LAYERS = (
    "symgrad.late",
    "symgrad.errors",
    "symgrad.clock",
    "symgrad.languages",
    "symgrad.limits",
    "symgrad.deadline",
    "symgrad.discovery",
    "symgrad.tree",
    "symgrad.operations",
    "symgrad.methods",
    "symgrad.reading",
    "symgrad.submission",
    "symgrad.graph.shapes",
    "symgrad.graph.inference",
    "symgrad.graph.scales",
    "symgrad.graph.seeds",
    "symgrad.graph.habits",
    "symgrad.graph.stretches",
    "symgrad.graph.build",
    "symgrad.graph",
    "symgrad.graph.cautions",
    "symgrad.intermediates",
    "symgrad.numbers",
    "symgrad.submission.sheet",
    "symgrad.opening",
    "symgrad.code",
    "symgrad.calculus",
    "symgrad.results",
    "symgrad.solution",
    "symgrad.open_rounds",
    "symgrad.solving",
    "symgrad.maths",
    "symgrad.notation",
    "symgrad.checking.worlds",
    "symgrad.checking.meaning",
    "symgrad.checking.settling",
    "symgrad.checking",
    "symgrad.document",
    "symgrad.styles",
    "symgrad.writing",
    "symgrad.rendering",
    "symgrad.pipeline",
    "symgrad.reports",
    "symgrad.api",
    "symgrad.review",
    "symgrad.running",
    "symgrad.ending",
    "symgrad.workers",
    "symgrad.watching",
    "symgrad.variants",
    "symgrad.grading",
    "symgrad.serving",
    "symgrad.commands",
    "symgrad.cli",
    "symgrad.__main__",
)
# Runs code, all of it generated: tests/test_code.py shows that nothing of the user's is in it.
RUNS_CODE = "symgrad.code.function"
FORBIDDEN_CALLS = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__"}


def module_of(file):
    parts = ("symgrad", *file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file.read_text(encoding="utf-8") for file in FILES}


@cache
def trees():
    """The syntax tree of every module."""
    return {module: ast.parse(text) for module, text in MODULES.items()}


def layer(module):
    """The place of a module's layer: that of the longest name it begins with."""
    fitting = [name for name in LAYERS if f"{module}.".startswith(f"{name}.")]
    assert fitting, f"{module} stands in no layer"
    return LAYERS.index(max(fitting, key=len))


def imports(tree):
    """The modules of symgrad that a syntax tree imports; ``from package import module`` names the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("symgrad"))
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if (node.module or "").startswith("symgrad"):
                for name in node.names:
                    whole = f"{node.module}.{name.name}"
                    yield whole if whole in MODULES else node.module


@cache
def edges():
    """The modules that every module imports."""
    return {module: set(imports(tree)) for module, tree in trees().items()}


def test_imports_run_one_way():
    against = [
        f"{module} imports {imported}, which stands to the right of it"
        for module, wanted in edges().items()
        if module != "symgrad"
        for imported in wanted
        if layer(imported) > layer(module)
    ]
    assert not against


def test_no_import_goes_in_a_circle():
    done = set()
    while ready := {module for module, wanted in edges().items() if module not in done and wanted <= done}:
        done |= ready
    assert set(edges()) == done


def test_no_import_inside_a_function():
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    inside = [
        f"{module}, line {inner.lineno}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, functions)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def test_what_says_when_it_is_equal_says_when_it_is_not():
    """msgspec's Struct has a ``__ne__`` of its own, which knows nothing of an ``__eq__`` further down."""
    methods = {
        f"{module}.{node.name}": {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    assert not [name for name, defined in methods.items() if ("__eq__" in defined) != ("__ne__" in defined)]


def test_every_module_says_what_it_is():
    silent = [m for m, text in MODULES.items() if text.strip() and not ast.get_docstring(trees()[m])]
    assert not silent, "a module needs a docstring"


def test_no_file_is_long():
    assert not [module for module, text in MODULES.items() if len(text.splitlines()) > MAX_LINES]


def test_nothing_is_evaluated():
    """Formulas are data: nothing of the user's is ever run as code, by Python or by SymPy."""
    called = [
        (module, node.lineno, *_called(node.func))
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    assert not [
        f"{name} in {module}, line {line}"
        for module, line, name, allowed in called
        if name in FORBIDDEN_CALLS - allowed - ({"exec", "compile"} if module == RUNS_CODE else set())
    ]


def _called(function):
    """The name that a call has, and what it may be nevertheless: a pattern's ``compile``."""
    if isinstance(function, ast.Attribute):
        return function.attr, {"compile"}
    return getattr(function, "id", None), set()


@pytest.mark.parametrize(
    "name", [*FORMULA_SIGNATURES, *BINARY.values(), *COMPARISONS.values(), "transpose", "index"]
)
def test_a_function_of_the_language_is_in_the_table_or_refused_by_name(name):
    if name not in OPERATIONS:
        with pytest.raises(NotSupported, match=f"'{name}'"):
            operation(name)


def test_every_operation_can_be_written():
    """An operation nobody can write would be dead code; two stand in derivatives only."""
    operators = {*BINARY.values(), *COMPARISONS.values(), "negative", "transpose", "index", "gather"}
    written = {
        *FORMULA_SIGNATURES,
        *CALLED.values(),
        *operators,
        "direction",
        "between",
        "norm_one",
        "norm_largest",
    }
    assert set(OPERATIONS) <= written


def test_the_table_of_slow_tests_names_tests():
    for file, tests in SLOW.items():
        text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
        assert [test for test in tests if f"\ndef {test}(" not in text] == []

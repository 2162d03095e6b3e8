"""What holds for every module: imports run one way, every file is short, nothing is ever evaluated."""

import ast
from pathlib import Path

import pytest

from symgrad.errors import NotSupported
from symgrad.operations import FORMULA_SIGNATURES, OPERATIONS, operation
from symgrad.reading.syntax import BINARY, COMPARISONS

ROOT = Path(__file__).parent.parent / "symgrad"
FILES = sorted(ROOT.rglob("*.py"))
MAX_LINES = 350

# From left to right: a module imports from its own layer and from those before it.
LAYERS = (
    "symgrad.errors",
    "symgrad.discovery",
    "symgrad.tree",
    "symgrad.operations",
    "symgrad.reading",
    "symgrad.submission",
    "symgrad.shapes",
    "symgrad.inference",
    "symgrad.scales",
    "symgrad.habits",
    "symgrad.stretches",
    "symgrad.graph",
    "symgrad.cautions",
    "symgrad.intermediates",
    "symgrad.numbers",
    "symgrad.submission.sheet",
    "symgrad.code",
    "symgrad.calculus",
    "symgrad.results",
    "symgrad.solution",
    "symgrad.solving",
    "symgrad.maths",
    "symgrad.notation",
    "symgrad.checking",
    "symgrad.document",
    "symgrad.styles",
    "symgrad.writing",
    "symgrad.rendering",
    "symgrad.pipeline",
    "symgrad.api",
    "symgrad.review",
    "symgrad.running",
    "symgrad.watching",
    "symgrad.commands",
    "symgrad.cli",
    "symgrad.__main__",
)
# Runs code, all of it generated: tests/test_code.py shows that nothing of the user's is in it.
RUNS_CODE = "symgrad.code.function"
FORBIDDEN_CALLS = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__"}
files = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))


def module_of(file):
    parts = ("symgrad", *file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def layer(module):
    """The place of a module's layer: that of the longest name it begins with."""
    fitting = [name for name in LAYERS if f"{module}.".startswith(f"{name}.")]
    assert fitting, f"{module} stands in no layer"
    return LAYERS.index(max(fitting, key=len))


def imports(tree):
    """The modules of symgrad that a syntax tree imports; ``from package import module`` names the module."""
    modules = {module_of(file) for file in FILES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("symgrad"))
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if (node.module or "").startswith("symgrad"):
                for name in node.names:
                    whole = f"{node.module}.{name.name}"
                    yield whole if whole in modules else node.module


@files
def test_imports_run_one_way(file):
    module = module_of(file)
    if module == "symgrad":
        return
    for imported in imports(tree_of(file)):
        assert layer(imported) <= layer(module), (
            f"{module} imports {imported}, which stands to the right of it"
        )


def test_no_import_goes_in_a_circle():
    edges = {module_of(file): set(imports(tree_of(file))) for file in FILES}
    done = set()
    while ready := {module for module, wanted in edges.items() if module not in done and wanted <= done}:
        done |= ready
    assert set(edges) == done


@files
def test_no_import_inside_a_function(file):
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
            assert not inside, f"an import on line {inside[0].lineno}" if inside else ""


@files
def test_every_module_says_what_it_is(file):
    text = file.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "a module needs a docstring"


@files
def test_no_file_is_long(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@files
def test_nothing_is_evaluated(file):
    """Formulas are data: nothing of the user's is ever run as code, by Python or by SymPy."""
    forbidden = FORBIDDEN_CALLS - ({"exec", "compile"} if module_of(file) == RUNS_CODE else set())
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else None
            attribute = node.func.attr if isinstance(node.func, ast.Attribute) else None
            assert called not in forbidden, f"{called} on line {node.lineno}"
            assert attribute not in FORBIDDEN_CALLS - {"compile"}, f"{attribute} on line {node.lineno}"


@pytest.mark.parametrize(
    "name", [*FORMULA_SIGNATURES, *BINARY.values(), *COMPARISONS.values(), "transpose", "index"]
)
def test_a_function_of_the_language_is_in_the_table_or_refused_by_name(name):
    if name not in OPERATIONS:
        with pytest.raises(NotSupported, match=f"'{name}'"):
            operation(name)


def test_every_operation_can_be_written():
    """An operation nobody can write would be dead code; x / ‖x‖ stands in derivatives only."""
    operators = {*BINARY.values(), *COMPARISONS.values(), "negative", "transpose", "index"}
    written = {*FORMULA_SIGNATURES, *operators, "direction"}
    assert set(OPERATIONS) <= written

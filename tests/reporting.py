"""What the tests of styles need: a problem's document, and what stands in it."""

from functools import cache
from pathlib import Path

from msgspec import Struct

from symgrad.document.blocks import Chain, Inline, Plot, Section, Table
from symgrad.maths.latex import latex
from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem, read_problem
from symgrad.styles import document
from symgrad.styles.manner import Manner

REPORTS = Path(__file__).parents[1] / "reports"


@cache
def solved(name):
    """The solution of a problem in reports/, worked out once for all tests of a process."""
    return solve(load_problem(REPORTS / f"{name}.yaml"))


def name_of(path):
    """The name by which `solved` knows a file in reports/."""
    return path.relative_to(REPORTS).with_suffix("").as_posix()


def lab(name):
    """A lab as its file asks for it."""
    solution = solved(name)
    report = solution.problem.report
    return document(solution, Manner(report.style, report.notation, report.digits))


def report(text, style="lab", notation=None):
    """The document of a problem's text."""
    return document(solve(read_problem(text)), Manner(style, notation))


def found(part, kind):
    """All parts of a kind in a document, in order."""
    if isinstance(part, kind):
        yield part
    if isinstance(part, tuple):
        for inner in part:
            yield from found(inner, kind)
    elif isinstance(part, Struct):
        for name in part.__struct_fields__:
            yield from found(getattr(part, name), kind)


def titles(document):
    """The headings, maths in LaTeX."""
    return [said(section.title) for section in found(document.blocks, Section)]


def said(sentence):
    """A sentence as text, maths in LaTeX."""
    return "".join(latex(part.maths) if isinstance(part, Inline) else part.text for part in sentence)


def formulas(document):
    """Every chain as LaTeX."""
    return [written(chain) for chain in found(document.blocks, Chain)]


def written(chain):
    """A chain as LaTeX, relations as they are."""
    left = "" if chain.left is None else latex(chain.left)
    return left + "".join(f" {link.relation} {latex(link.maths)}" for link in chain.links)


def sentences(document):
    """All sentences as text."""
    from_tables = [cell for table in found(document.blocks, Table) for row in table.rows for cell in row]
    return [
        said(block.sentence) for block in found(document.blocks, object) if hasattr(block, "sentence")
    ] + [said(cell) for cell in from_tables]


def plots(document):
    """The curves."""
    return list(found(document.blocks, Plot))

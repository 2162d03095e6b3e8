"""What is asked of a page in any browser, and the pages that are looked at."""

import os
from importlib.resources import files
from pathlib import Path

from reporting import REPORTS
from test_writing_html import checked, everything

from symgrad.pipeline import build
from symgrad.rendering import Choices
from symgrad.writing.html import to_html

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
PROBLEMS = (
    "lab6",
    "practical1",
    "csc311_a1_q2",
    "gallery/attention",
    "gallery/gru_cell",
    "gallery/batch_norm",
)

UNDRAWN = """
return [...document.querySelectorAll("math")].filter(math => {
  const {width, height} = math.getBoundingClientRect();
  return math.checkVisibility() && !(width > 0 && height > 0);
}).map(math => math.outerHTML);
"""
SQUEEZED = """
const wide = document.documentElement.clientWidth;
return [...document.querySelectorAll("main *")].filter(element => {
  const inside = element.parentElement.closest(".wide, .run, svg");
  return !inside && element.checkVisibility() && element.getBoundingClientRect().right > wide + 1;
}).map(element => element.outerHTML);
"""
COLLIDING = """
const across = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left);
const down = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
return [...document.querySelectorAll(".run")].filter(run => run.checkVisibility()).flatMap(run => {
  const parts = [...run.querySelectorAll(".body > *, .left > *, .across > *, .end, .mark")];
  const boxes = parts.map(part => part.getBoundingClientRect());
  return boxes.flatMap((a, n) => boxes.slice(n + 1).filter(b => across(a, b) > 1 && down(a, b) > 1))
    .map(() => run.textContent);
});
"""


def built_in(folder):
    """The pages to look at, by name."""
    built = {name: build(REPORTS / f"{name}.yaml", ["html"], folder).paths[0] for name in PROBLEMS}
    (built["checked"],) = checked(folder).paths
    (columns,) = build(REPORTS / "lab6.yaml", ["html"], folder / "columns", Choices("columns")).paths
    built["columns"] = columns
    built["everything"] = folder / "everything.html"
    built["everything"].write_text(to_html(everything("plain text")), "utf-8")
    return built


def axe_core():
    """The source of axe-core; AXE_CORE may name a newer one than that of the extra ``browser``."""
    return Path(os.environ.get("AXE_CORE") or str(files("axe_core_python") / "axe.min.js")).read_text("utf-8")


def violations_in(found):
    """What axe-core has found, rule by rule, with where it is; it has looked at many."""
    assert len(found["passes"]) > 10
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]

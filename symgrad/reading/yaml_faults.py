"""What a YAML fault means to someone who wrote a formula, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from symgrad.errors import InputError
from symgrad.reading.source import Source


class Fault(NamedTuple):
    """A pattern of the parser's own message, what it means, and its mend.

    ``at_beginning`` puts the caret where the broken text began instead of where reading stopped.
    """

    pattern: str
    message: str
    hint: str
    at_beginning: bool = False


QUOTE = "put the text in single quotes"

_ALIAS = "a leading '*' is a YAML alias, which is not read"
_ANCHOR = "a leading '&' is a YAML anchor, which is not read"
_TAG = "a leading '!' is a YAML tag, which is not read"
_DIRECTIVE = "a line that begins with '%' is a YAML directive"
_INDENT = "the entries of a list begin in one column, indented by spaces"
_LIST = "put the formula in quotes, as in L: '- sum(x)'"
_COLON = "put a formula with ': ' in quotes; or is a line indented too far, or no blank after 'name:'?"
_ESCAPE = "single quotes keep a backslash as it is: '\\vec{x}'"
_FLOW = "close the bracket; a formula inside [ ] or { } may need quotes"
_PAIR = "write name: formula, with a blank after the colon"

# The first pattern found in "context: problem" decides; `{0}` is the pattern's own group.
FAULTS = (
    Fault("sequence entries are not allowed", "YAML reads a '-' with a blank after it as a list", _LIST),
    Fault("mapping values are not allowed", "a second ': ' in one entry", _COLON),
    Fault(r"character '\\t' that cannot start", "a tab indents this line", "indent by spaces"),
    Fault("character (.+?) that cannot start", "in YAML a text cannot begin with {0}", QUOTE),
    Fault("scanning an alias", _ALIAS, QUOTE, at_beginning=True),
    Fault("scanning an anchor", _ANCHOR, QUOTE, at_beginning=True),
    Fault("a tag:|tag handle", _TAG, QUOTE, at_beginning=True),
    Fault("directive|<document start>", _DIRECTIVE, "a comment begins with #"),
    Fault(
        "a quoted scalar", "this quote is never closed", "close it at the end of the text", at_beginning=True
    ),
    Fault("double-quoted", "an escape that YAML does not know", _ESCAPE),
    Fault("scanning a block scalar", "after '|' or '>' a text begins on the next line", QUOTE),
    Fault(r"'([\]}])', but got '<stream end>'", "this bracket is never closed", _FLOW, at_beginning=True),
    Fault(r"expected ',' or '([\]}])'", "',' or '{0}' is missing here", _FLOW),
    Fault("while parsing a flow", "a value is missing here", _FLOW),
    Fault("but found '<scalar>'", "the text goes on after its closing quote", "put the whole text in quotes"),
    Fault("expected <block end>", "the indentation of this line fits no line above", _INDENT),
    Fault("could not find expected ':'", "a line without ': '", _PAIR, at_beginning=True),
    Fault("expected the node content", "a value cannot begin so", QUOTE),
)


def explain(error: YAMLError, source: Source, whole: Callable[[int], int]) -> InputError:
    """The parser's fault in the words of this project, with the caret and the mend.

    ``whole`` tells where in the source a place of the parser's text stands.
    """
    if not isinstance(error, MarkedYAMLError):
        return InputError("this is not YAML", place=source.place(0, 1), hint=str(error))
    said = f"{error.context}: {error.problem}"
    for fault in FAULTS:
        if found := re.search(fault.pattern, said):
            mark = error.context_mark if fault.at_beginning else error.problem_mark
            return _at(whole(mark.index), fault.message.format(*found.groups()), fault.hint, source)
    return _at(whole(error.problem_mark.index), f"this is not YAML: {error.problem}", QUOTE, source)


def _at(index: int, message: str, hint: str, source: Source) -> InputError:
    index = min(index, len(source.text.rstrip()))  # at the end of the file: behind its last character
    return InputError(message, place=source.place(index, index + 1), hint=hint)

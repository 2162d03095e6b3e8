"""Words with blanks between them, which a reader of names has run together: ∑ over "each column"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from symgrad.submission import written
from symgrad.submission.written import Node, transform

_PHRASE = re.compile(r"\\(?:text|textrm|mathrm|textit|operatorname|mbox)\s*\{([^{}\\$]* [^{}\\$]*)\}")


def respaced(node: Node, latex: str) -> Node:
    """A tree with the words as they stand in its LaTeX."""
    phrases = {"".join(found.split()): " ".join(found.split()) for found in _PHRASE.findall(latex)}
    return transform(node, lambda part: _respaced(part, phrases)) if phrases else node


def _respaced(node: Node, phrases: Mapping[str, str]) -> Node:
    def apart(text: str) -> str:
        for joined, phrase in phrases.items():
            text = text.replace(joined, phrase)
        return text

    match node:
        case written.Symbol(base, sub) if sub or base in phrases:
            return replace(node, base=phrases.get(base, base), sub=apart(sub))
        case written.Element(sub=sub) | written.Norm(sub=sub):
            return replace(node, sub=apart(sub))
        case written.Sum(index=index, over=over):
            return replace(node, index=apart(index), over=apart(over))
    return node

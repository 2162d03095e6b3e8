"""A claim's tree as an author of a dialect writes it."""

import ast
import re

import numpy as np
from corpus.truth import evaluate, quiet

ADD, LOOSE, HADAMARD, MUL, POW, ATOM = range(6)
"""How firmly a text holds together; LOOSE is ∂J/∂v in a line, which needs brackets in a product."""
SPREAD = ("nabla", "operator", "slash")
"""Gradients that are not one sign."""
GREEK = {"mu", "gamma", "beta", "eta", "sigma", "alpha", "lam", "eps", "delta", "epsilon"}
WORDS = {"relu": "ReLU", "softmax": "softmax"}
BACKSLASHED = {"tanh": r"\tanh", "sigmoid": r"\sigma", "sin": r"\sin", "cos": r"\cos"}
RELATIONS = {ast.Eq: ("=", r"\neq"), ast.Gt: (">", r"\leq")}
PRIMED = {"drelu": "relu", "dtanh": "tanh", "dsigmoid": "sigmoid"}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
UNICODE = [
    (r"\\hat\{(\w)\}", "\\1\u0302"),
    (r"\^\{\((\d)\)\}", lambda m: f"⁽{'⁰¹²³⁴⁵⁶⁷⁸⁹'[int(m[1])]}⁾"),
    (r"\\mathbb\{1\}", "𝟙"),
    (r"\^\+", "⁺"),
    (r"\\partial ", "∂"),
    (r"_\{([A-Za-z]\w*)\}", r"_\1"),
    (r"\\frac\{\\partial ([^{}]*)\}\{\\partial ([^{}]*)\}", r"∂\1/∂\2"),
    (r"\^\{?\\?(top|T)\}?", "ᵀ"),
    (r"\\text\{(\w+)\}", r"\1"),
    (r"\\(tanh|log|ln|exp|max)\b", r"\1"),
    (r"\\left|\\right", ""),
    (r"\^2", "²"),
    (r"_\{?(\d)\}?", lambda m: m[1].translate(SUBSCRIPTS)),
]
SIGNS = {
    r"\odot": "⊙",
    r"\cdot": "·",
    r"\partial": "∂",
    r"\sigma": "σ",
    r"\eta": "η",
    r"\lambda": "λ",
    r"\mu": "μ",
    r"\gamma": "γ",
    r"\beta": "β",
    r"\|": "‖",
    r"\sum": "Σ",
}


class Speller:
    """Writes trees in a dialect; ``values`` puts numbers in the place of names."""

    def __init__(self, course, dialect, world, values=None):
        self.course, self.dialect, self.world, self.values = course, dialect, world, values or {}

    def write(self, node):
        """The whole side."""
        text = self._write(node)[0]
        return to_unicode(text) if self.dialect.display == "text" else text

    def _write(self, node):
        match node:
            case ast.Constant(value=number):
                return str(number), ATOM
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(operand=operand):
                return f"-{self._at(operand, HADAMARD)}", ADD
            case ast.BinOp(left=left, op=op, right=right):
                inner = _unsigned(node)
                return (
                    self._binary(left, type(op), right)
                    if inner is None
                    else (f"-{self._at(inner, HADAMARD)}", ADD)
                )
            case ast.Attribute(value=base):
                return self._transposed(base), POW
            case ast.Subscript(value=base, slice=key):
                return self.entry(base, key), self._level(entry=True) if base.id.startswith("d_") else ATOM
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._cases(test, body, other), ATOM
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
        raise TypeError(ast.dump(node))

    def _at(self, node, level):
        text, own = self._write(node)
        return text if own >= level else rf"\left({text}\right)"

    def _dimensions(self, node):
        try:
            with quiet():
                return np.ndim(evaluate(node, self.world, dict.fromkeys(self.course.indices, 0)))
        except (ValueError, IndexError):
            return 2

    def _binary(self, left, op, right):
        if op in (ast.Add, ast.Sub):
            sign = "+" if op is ast.Add else "-"
            return f"{self._at(left, ADD)} {sign} {self._at(right, LOOSE)}", ADD
        if op is ast.MatMult:
            return self._join(left, self.dialect.product, right), MUL
        if op is ast.Div:
            return self._quotient(left, right)
        if op is ast.Pow:
            return self._power(left, right)
        if self._dimensions(left) and self._dimensions(right):
            return self._elementwise(left, right), HADAMARD
        return self._join(left, self.dialect.scalar, right, self._dimensions(left) > 0), MUL

    def _elementwise(self, left, right):
        """Matrix products beside ⊙ stand in brackets, save where an author trusts the reader."""
        parts = []
        for node in (left, right):
            text, own = self._write(node)
            bare = own >= HADAMARD and (self.dialect.trusting or not _is(node, ast.MatMult))
            parts.append(text if bare else rf"\left({text}\right)")
        return self.dialect.hadamard.join(parts)

    def _join(self, left, sign, right, scaled=False):
        """Two factors; a product of vectors that scales an array stands in brackets."""
        a, b = self._at(left, MUL), self._at(right, MUL)
        if scaled and _is(right, ast.MatMult):
            b = rf"\left({b}\right)"
        if isinstance(left, ast.Call) and left.func.id in ("Sum", "sum"):
            a = rf"\left({a}\right)"
        if (b[0].isdigit() or (a[-1].isdigit() and re.match(r"\\[dt]?frac", b))) and not sign.strip(" \\,"):
            sign = r" \cdot "
        return f"{a}{sign}{b}"

    def _quotient(self, above, below):
        if (
            isinstance(above, ast.Constant)
            and isinstance(below, ast.Constant)
            and (above.value, below.value) == (1, 2)
        ):
            return self.dialect.half, MUL if "/" in self.dialect.half else ATOM
        if self.dialect.fraction == "/":
            return f"{self._at(above, MUL)} / {self._at(below, POW)}", MUL
        return rf"\{self.dialect.fraction}{{{self._write(above)[0]}}}{{{self._write(below)[0]}}}", ATOM

    def _power(self, base, exponent):
        if isinstance(base, ast.Call) and base.func.id == "norm":
            return rf"\|{self._write(base.args[0])[0]}\|{self._norm(base.args[0])}^2", POW
        if self.dialect.square == "product" and self._dimensions(base) and isinstance(base, ast.Name):
            return self._join(base, self.dialect.hadamard, base), MUL
        return f"{self._raisable(base)}^{self._raised(exponent)}", POW

    def _raised(self, node):
        text = self._write(node)[0]
        return text if len(text) == 1 else f"{{{text}}}"

    def _transposed(self, base):
        if isinstance(base, ast.Name) and base.id in self.values:
            return numbers(np.transpose(self.values[base.id]), self.dialect)
        return f"{self._raisable(base)}{self.dialect.transpose}"

    def _raisable(self, base):
        """What an exponent or a transpose can be set on."""
        text = self._at(base, ATOM)
        bare = not text.endswith("}") or "^" not in text or text.startswith((r"\begin", r"\left"))
        return text if bare else rf"\left({text}\right)"

    def _call(self, name, args):
        if name == "Sum":
            index, body = args
            return rf"\sum_{index.id} {self._at(body, HADAMARD)}", MUL
        if name == "sum":
            return rf"\sum {self._at(args[0], HADAMARD)}", MUL
        if name == "outer":
            return self._outer(*args), MUL
        if name == "dot":
            return f"{self._transposed(args[0])}{self.dialect.product}{self._at(args[1], MUL)}", MUL
        if name == "D":
            return self.derivative(*args), self._level(entry=True)
        if name == "exp":
            inner = self._write(args[0])[0]
            return (
                (f"e^{{{inner}}}", POW) if self.dialect.exp == "e" else (rf"\exp\left({inner}\right)", ATOM)
            )
        return self._function(name, args)

    def _norm(self, node):
        return f"_{'F' if self._dimensions(node) == 2 else 2}" if self.dialect.norms else ""

    def _cases(self, test, body, other):
        left, right = self._write(test.left)[0], self._write(test.comparators[0])[0]
        sign, opposite = RELATIONS[type(test.ops[0])]
        rows = (
            f"{self._write(body)[0]} & {left} {sign} {right}",
            f"{self._write(other)[0]} & {left} {opposite} {right}",
        )
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _function(self, name, args):
        inner = self._write(args[0])[0]
        match name:
            case "log":
                bare = isinstance(args[0], (ast.Name, ast.Subscript))
                return (
                    (f"{self.dialect.log} {inner}", MUL)
                    if bare
                    else (rf"{self.dialect.log}\left({inner}\right)", ATOM)
                )
            case "norm":
                return rf"\|{inner}\|{self._norm(args[0])}", ATOM
            case "sqrt":
                return rf"\sqrt{{{inner}}}", ATOM
            case "step":
                return rf"\mathbb{{1}}[{inner} > 0]", ATOM
            case "delta":
                return rf"\delta_{{{args[0].id}{args[1].id}}}", ATOM
            case "diag":
                return rf"\operatorname{{diag}}({inner})", ATOM
            case "prod":
                both = f"{inner}, {self._write(args[1])[0]}"
                return rf"{self.dialect.word}{{prod}}\left({both}\right)", ATOM
            case "maximum":
                return rf"\max({inner}, {self._write(args[1])[0]})", ATOM
        base = PRIMED.get(name, name)
        head = BACKSLASHED.get(base) or f"{self.dialect.word}{{{WORDS.get(base, base)}}}"
        return f"{head}{chr(39) if name in PRIMED else ''}({inner})", ATOM

    def _outer(self, column, row):
        if isinstance(row, ast.Name) and row.id in self.values:
            return f"{self._at(column, MUL)} {numbers(np.atleast_2d(self.values[row.id]), self.dialect)}"
        return f"{self._at(column, MUL)}{self.dialect.product}{self._transposed(row)}"

    def _name(self, name):
        if name in self.values:
            value = self.values[name]
            return self.print(value), ADD if np.ndim(value) == 0 and str(value).startswith("-") else ATOM
        if name.startswith("d_"):
            return self.gradient(name[2:]), self._level()
        if name.startswith("new_"):
            return f"{self.symbol(name[4:])}{self.course.mark}", ATOM
        return self.symbol(name), ATOM

    def print(self, value):
        """Printed numbers as the course sets its vectors."""
        return numbers(value, self.dialect, self.course.rows)

    def _level(self, entry=False):
        spread = ("slash",) if entry else SPREAD
        return LOOSE if self.dialect.gradient in spread else ATOM

    def symbol(self, name):
        """A name of the problem in letters."""
        if name in self.course.write:
            return self.course.write[name]
        base, sub = re.fullmatch(r"([A-Za-z]+?)_?(\d*|(?<=_)\w+)", name).groups()
        letter = {"lam": r"\lambda"}.get(base, "\\" + base if base in GREEK else base)
        dimensions = np.ndim(self.world[name]) if name in self.world.values else 0
        dress = (self.dialect.vector, self.dialect.matrix)[dimensions - 1] if dimensions else ""
        letter = f"{dress}{{{letter}}}" if dress else letter
        return f"{letter}_{sub if len(sub) == 1 else f'{{{sub}}}'}" if sub else letter

    def gradient(self, name, index=""):
        """The gradient of the objective."""
        below_all, of = self.symbol(name), self.symbol(self.course.of)
        below = _indexed(below_all, index)
        if self.dialect.gradient == "delta" and name in self.course.deltas:
            return _indexed(self.course.deltas[name], index)
        if self.dialect.gradient == "bar":
            letter, rest = re.fullmatch(r"([^_^]+)(.*)", below_all).groups()
            return _indexed(rf"\bar{{{letter}}}{rest}", index)
        if self.dialect.gradient == "nabla":
            return (
                rf"\nabla_{{{self.symbol(name)}}} {of}"
                if not index
                else rf"\frac{{\partial {of}}}{{\partial {below}}}"
            )
        if self.dialect.gradient == "operator" and not index:
            return rf"\partial_{{{below}}} {of}"
        if self.dialect.gradient == "code" and name != self.course.of:
            return f"d{below}"
        return self._fraction(of, below)

    def _fraction(self, of, below):
        match self.dialect.gradient:
            case "straight":
                return rf"\frac{{d{of}}}{{d{below}}}"
            case "slash":
                return rf"\partial {of} / \partial {below}"
            case "dfrac":
                return rf"\dfrac{{\partial {of}}}{{\partial {below}}}"
        return rf"\frac{{\partial {of}}}{{\partial {below}}}"

    def derivative(self, of, wrt):
        """∂of/∂wrt of two quantities or entries."""
        above, below = (self._write(node)[0] for node in (of, wrt))
        return self._fraction(above, below)

    def entry(self, base, key):
        """An entry: positions are counted from one."""
        parts = key.elts if isinstance(key, ast.Tuple) else [key]
        index = "".join(p.id if isinstance(p, ast.Name) else str(p.value + 1) for p in parts)
        if base.id.startswith("d_"):
            return self.gradient(base.id[2:], index)
        return _indexed(self._name(base.id)[0], index)


def _unsigned(node):
    """A product without the minus that it begins with; None where it begins with none."""
    if isinstance(node, ast.UnaryOp):
        return node.operand
    if _is(node, (ast.Mult, ast.MatMult)):
        left = _unsigned(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None


def _is(node, op):
    return isinstance(node, ast.BinOp) and isinstance(node.op, op)


def _indexed(symbol, index):
    if not index:
        return symbol
    letter, _, sub = symbol.partition("_")
    return f"{letter}_{{{sub.strip('{}')},{index}}}" if sub else f"{letter}_{{{index}}}"


def numbers(value, dialect, row=False):
    """An array of printed numbers; a vector is a column, or a row where the course has it so."""
    value = np.asarray(value)
    if value.ndim == 0:
        return value.item()
    rows = value.reshape((1, -1) if row else (-1, 1)) if value.ndim == 1 else value
    if dialect.display == "text":
        return "[" + ", ".join("[" + ", ".join(e for e in row) + "]" for row in rows) + "]"
    body = r" \\ ".join(" & ".join(e for e in row) for row in rows)
    return rf"\begin{{{dialect.array}}} {body} \end{{{dialect.array}}}"


def to_unicode(text):
    """Plain text with the signs that keyboards lack."""
    for pattern, replacement in UNICODE:
        text = re.sub(pattern, replacement, text)
    for sign, letter in SIGNS.items():
        text = text.replace(sign, letter)
    return text.replace(r"\,", " ").replace("{", "(").replace("}", ")")

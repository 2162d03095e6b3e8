"""What a derivative that keeps its name (gelu′, swish′) stands for: a formula that has a derivative.

SymPy's derivative of the definition is read back as a formula. One that is rational in e^(−t) is written
with σ(t), which does not overflow; one by cases as a choice.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from symgrad.errors import NotSupported
from symgrad.late import sympy
from symgrad.operations.derivative import arguments, scalar_derivative
from symgrad.operations.own import CALL, derived
from symgrad.operations.own_derivative import Translation, own_derivative
from symgrad.tree import Formula, Function, Name, Number, Op, substitute

RELATIONS = {"StrictLessThan": "less", "LessThan": "less_equal"}


def slope(prime: Op) -> Formula | None:
    """The formula that ``f'(args)`` stands for; None where it only changes where it jumps, as relu′ does.

    Raises `NotSupported` for an unspecified function of several arguments, and where no formula says what
    the derivative is.
    """
    options = dict(prime.options)
    position, function = options.pop("position"), options.pop("function")
    if function == CALL.name:
        own = options["definition"]
        if own.body is None:
            return _of_unspecified(own, prime)
        names, body = own.parameters, own_derivative(own, position)
    else:
        constants = tuple(arg.value if isinstance(arg, Number) else None for arg in prime.args)
        found = _of_table(function, tuple(sorted(options.items())), constants, position)
        if found is None:
            return None
        names, body = tuple(f"#{n}" for n in range(len(prime.args))), found
    return substitute(body, dict(zip(map(Name, names), prime.args, strict=True)))


def _of_unspecified(own: Function, prime: Op) -> Formula:
    """f′(z) as a call of f′, whose derivative is f″."""
    if len(own.parameters) > 1:
        message = f"the second derivative of '{own.name}', which has several arguments, is not supported yet"
        raise NotSupported(message, hint="give it a formula under 'functions'")
    return Op(CALL.name, prime.args, (("definition", derived(own)),))


@lru_cache(maxsize=512)
def _of_table(
    name: str, options: tuple[tuple[str, Any], ...], constants: tuple[Fraction | None, ...], position: int
) -> Formula | None:
    raw = scalar_derivative(name, options, constants, position).raw
    symbols = arguments(len(constants))
    if not any(sympy.diff(raw, symbol) for symbol in symbols):
        return None
    translation = Translation(tuple(map(str, symbols)))
    at = {symbol: translation.symbol(str(symbol)) for symbol in symbols}
    try:
        return _formula(raw.xreplace(at), translation)
    except ArithmeticError:
        message = f"the second derivative of '{name}' is not supported yet"
        raise NotSupported(message, hint="state the function by a formula under 'functions'") from None


def _formula(raw: Any, translation: Translation) -> Formula:
    if isinstance(raw, sympy.Piecewise) and len(raw.args) == 2:
        (inside, condition), (outside, _) = raw.args
        if type(condition).__name__ in RELATIONS:
            sides = tuple(map(translation.to_formula, condition.args))
            chosen = Op(RELATIONS[type(condition).__name__], sides)
            return Op("where", (chosen, _formula(inside, translation), _formula(outside, translation)))
    if len(raw.free_symbols) != 1:
        return translation.to_formula(raw)
    (symbol,) = raw.free_symbols
    sigmoid = translation.node("sigmoid", ())(symbol)
    s = sympy.Dummy()
    rational = sympy.cancel(raw.subs(sympy.exp(-symbol), 1 / s - 1))
    if raw.has(sympy.exp(-symbol)) and not rational.has(sympy.exp):
        return translation.to_formula(sympy.expand(rational).subs(s, sigmoid))
    return translation.to_formula(raw)

"""What the catalogued mistakes do to a right expression: rules on trees, each with the id of its mistake."""

import ast
import copy

import numpy as np
from corpus.truth import evaluate, parsed, quiet, same

TWO = ast.Constant(2)


def slips(left, right, course, world, written=()):
    """Pairs of a mistake's id and the tree that it makes; ``written`` holds what the course spells out."""
    found = [(mistake, parsed(text)) for mistake, texts in written for text in texts]
    for rule in (*ANYWHERE, *_rules(left)):
        found += [(mistake, tree) for mistake, tree in rule(right, course, world)]
    return [(mistake, tree) for mistake, tree in found if not same(left, tree, world)]


def explanations(tree, candidates, world):
    """Every mistake that makes the same of the right expression."""
    return {mistake for mistake, other in candidates if other is tree or same(other, tree, world)}


def _rules(left):
    """The rules for a gradient of the objective, for a derivative between quantities, or for a quantity."""
    if isinstance(left, ast.Call):
        return LOCAL
    base = left.value if isinstance(left, ast.Subscript) else left
    return GRADIENT if base.id.startswith("d_") else FORWARD


def _replaced(tree, site, new):
    """A copy of the tree with another node at one place."""
    memo = {id(site): new}
    return copy.deepcopy(tree, memo) if tree is not site else new


def _sites(tree, kind):
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def _operation(tree, op):
    return [node for node in _sites(tree, ast.BinOp) if isinstance(node.op, op)]


def _calls(tree, name):
    return [node for node in _sites(tree, ast.Call) if node.func.id == name]


def _binary(left, op, right):
    return ast.BinOp(left, op(), right)


def _names(tree):
    return {node.id for node in _sites(tree, ast.Name)}


def _has_gradient(tree):
    return any(name.startswith("d_") or name == "D" for name in _names(tree))


def transposes(tree, course, world):
    """A transpose left out, or put where none belongs."""
    for node in _sites(tree, ast.Attribute):
        yield "missing_transpose", _replaced(tree, node, node.value)
    for node in _operation(tree, ast.MatMult):
        for side in (node.left, node.right):
            if isinstance(side, ast.Name) and np.ndim(world[side.id]) == 2:
                yield "extra_transpose", _replaced(tree, side, ast.Attribute(side, "T"))


def signs(tree, course, world):
    """A difference the wrong way round, a minus lost or put in."""
    for node in _operation(tree, ast.Sub):
        yield "sign_t_minus_y", _replaced(tree, node, _binary(node.right, ast.Sub, node.left))
        yield "sign_t_minus_y", _replaced(tree, node, _binary(node.left, ast.Add, node.right))
    for node in _sites(tree, ast.UnaryOp):
        yield "sign_t_minus_y", _replaced(tree, node, node.operand)


def twos(tree, course, world):
    """A factor of 2 or one half lost or put in."""
    for node in _operation(tree, ast.Mult):
        if isinstance(node.left, ast.Constant) and node.left.value == 2:
            yield "factor_two_or_half", _replaced(tree, node, node.right)
        if ast.unparse(node.left) == "1 / 2":
            yield "factor_two_or_half", _replaced(tree, node, node.right)
    for node in _operation(tree, ast.Div):
        if isinstance(node.right, ast.Constant) and node.right.value == 2:
            yield "factor_two_or_half", _replaced(tree, node, node.left)


def doubled(tree, course, world):
    """The whole gradient doubled or halved."""
    yield "factor_two_or_half", _binary(TWO, ast.Mult, tree)
    yield "factor_two_or_half", _binary(_binary(ast.Constant(1), ast.Div, TWO), ast.Mult, tree)


def neighbours(tree, course, world):
    """A neighbouring name in the place of the right one."""
    for group in course.neighbours:
        for node in _sites(tree, ast.Name):
            if node.id in group:
                for other in group:
                    if other != node.id:
                        yield "wrong_bias_or_wrong_index_substituted", _replaced(tree, node, ast.Name(other))


def averages(tree, course, world):
    """1/N lost or applied twice."""
    if "N" not in course.constants:
        return
    mistake = "batch_average_missing_or_doubled"
    for node in _operation(tree, ast.Div):
        if isinstance(node.right, ast.Name) and node.right.id == "N":
            twice = _binary(node.right, ast.Pow, TWO)
            yield mistake, _replaced(tree, node, _binary(node.left, ast.Div, twice))
            if not isinstance(node.left, ast.Constant):
                yield mistake, _replaced(tree, node, node.left)
    for node in _operation(tree, ast.Mult):
        if ast.unparse(node.left) == "1 / N":
            yield mistake, _replaced(tree, node, node.right)


def outers(tree, course, world):
    """An outer product in the wrong order, or an elementwise one in its place."""
    for node in _calls(tree, "outer"):
        a, b = node.args
        yield "outer_product_order", _replaced(tree, node, ast.Call(node.func, [b, a], []))


def dropped(tree, course, world):
    """A factor of the chain left out."""
    for node in _operation(tree, ast.Mult):
        if isinstance(node.left, ast.Constant) or isinstance(node.right, ast.Constant):
            continue
        for kept, lost in ((node.left, node.right), (node.right, node.left)):
            if _names(lost) - {"N"} and (not _has_gradient(lost) or _has_gradient(kept)):
                yield "dropped_chain_factor", _replaced(tree, node, kept)


def arguments(tree, course, world):
    """The derivative of the activation taken at the activation, or written in the pre-activation."""
    for inner, outer in course.activations.items():
        for name in ("dtanh", "dsigmoid"):
            for node in _calls(tree, name):
                if getattr(node.args[0], "id", "") == inner:
                    wrong = ast.Call(node.func, [ast.Name(outer)], [])
                    yield "jacobian_at_preactivation_value", _replaced(tree, node, wrong)
        for node in _complements(tree, outer):
            wrong = _renamed(node, outer, inner)
            if _is_product(node) and not _is_name(node.left, outer) and _is_product(node.left):
                # in g a (1 - a), g may hold an a of its own, which stays
                derivative = _binary(node.left.right, ast.Mult, node.right)
                wrong = _binary(node.left.left, ast.Mult, _renamed(derivative, outer, inner))
            yield "jacobian_at_preactivation_value", _replaced(tree, node, wrong)


def _complements(tree, name):
    """Where 1 - a or 1 - a² stands, with the a before it where there is one."""
    for node in _operation(tree, ast.Mult):
        if _is_complement(node.right, name) and (
            _is_name(node.left, name) or (_is_product(node.left) and _is_name(node.left.right, name))
        ):
            yield node
            return
    yield from (node for node in _operation(tree, ast.Sub) if _is_complement(node, name))


def _is_complement(node, name):
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Constant)
        and name in _names(node.right)
    )


def _is_product(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def _is_name(node, name):
    base = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(base, ast.Name) and base.id == name


def _renamed(tree, old, new):
    tree = copy.deepcopy(tree)
    for node in _sites(tree, ast.Name):
        if node.id == old:
            node.id = new
    return tree


def seeded(tree, course, world):
    """The seed 1 written as the value of the objective."""
    yield "seed_with_loss_value", _binary(ast.Name(course.of), ast.Mult, tree)


def terms(tree, course, world):
    """A term left out: of the penalty, or of one of several paths."""
    for node in _operation(tree, ast.Add):
        for kept, lost in ((node.left, node.right), (node.right, node.left)):
            if _has_gradient(lost) and _has_gradient(kept):
                yield course.paths, _replaced(tree, node, kept)
            elif _has_gradient(kept) and not _has_gradient(lost):
                yield "regulariser_gradient_forgotten", _replaced(tree, node, kept)


def norms(tree, course, world):
    """The norm where its square is meant."""
    for node in _operation(tree, ast.Pow):
        if isinstance(node.left, ast.Call) and node.left.func.id == "norm":
            yield "norm_vs_squared_norm", _replaced(tree, node, node.left)


def biases(tree, course, world):
    """The bias left out."""
    for node in _operation(tree, ast.Add):
        if isinstance(node.right, ast.Name) and node.right.id in course.biases:
            yield "bias_omitted_forward", _replaced(tree, node, node.left)


def rates(tree, course, world):
    """The rate left out, or the weight subtracted in place of the gradient."""
    match tree:
        case ast.BinOp(ast.Name(id=weight), ast.Sub(), ast.BinOp(rate, ast.Mult(), ast.Name(id=step))):
            if f"d_{weight}" == step:
                yield "learning_rate", _binary(tree.left, ast.Sub, ast.Name(step))
                yield "learning_rate", _binary(tree.left, ast.Sub, _binary(rate, ast.Mult, tree.left))


ANYWHERE = (transposes, signs, twos, neighbours, averages)
LOCAL = (doubled, outers, dropped, arguments, terms)
GRADIENT = (*LOCAL, seeded)
FORWARD = (norms, biases, rates)


def shaped(tree, world, shape):
    """The value that a mistake gives, or None where it has another shape or none at all."""
    try:
        with quiet():
            value = np.asarray(evaluate(tree, world), dtype=float)
    except (ValueError, IndexError, KeyError):
        return None
    return value if value.shape == shape and np.all(np.isfinite(value)) else None

"""A multilayer perceptron of any depth and width, with softmax and cross-entropy, as a problem file."""

import json


def forward(depth):
    """h1 = tanh(W1 x + b1), …, a softmax at the end, and the cross-entropy."""
    lines, below = {}, "x"
    for n in range(1, depth):
        lines[f"u{n}"] = f"W{n} @ {below} + b{n}"
        lines[f"h{n}"] = f"{('relu', 'tanh', 'sigmoid')[n % 3]}(u{n})"
        below = f"h{n}"
    lines["v"] = f"W{depth} @ {below} + b{depth}"
    lines["o"] = "softmax(v)"
    lines["L"] = "-sum(y * log(o))"
    return lines


def problem(depth, width=None):
    """The problem's text: sizes are names, or all of them ``width``."""
    sizes = [f"n{n}" if width is None else width for n in range(depth + 1)]
    shapes = {"x": [sizes[0]], "y": [sizes[depth]]}
    for n in range(1, depth + 1):
        shapes |= {f"W{n}": [sizes[n], sizes[n - 1]], f"b{n}": [sizes[n]]}
    file = {"forward": forward(depth), "data": ["x", "y"], "assume": ["sum(y) == 1"], "shapes": shapes}
    return "\n".join(f"{key}: {json.dumps(part)}" for key, part in file.items())

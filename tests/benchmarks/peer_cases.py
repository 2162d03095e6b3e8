"""Small problems that every tool derives, and their gradients by central differences in plain NumPy."""

import json
import sys
import time

import numpy as np

CASES = {"softmax, cross-entropy": 0, "log det": -1, "2 layers": 2, "4 layers": 4, "8 layers": 8}
"""By name: the layers of a tanh network with a squared loss; 0 and -1 are no networks."""


class Case:
    """The shapes of the leaves, and which of them are differentiated by."""

    def __init__(self, name):
        self.depth = CASES[name]
        self.shapes = {0: {"v": (3,), "y": (3,)}, -1: {"X": (3, 3)}}.get(self.depth, {})
        sizes = [3 - n % 2 for n in range(self.depth + 1)]
        for n in range(1, self.depth + 1):
            self.shapes |= {f"W{n}": (sizes[n], sizes[n - 1]), f"b{n}": (sizes[n],)}
        if self.depth > 0:
            self.shapes |= {"x": (sizes[0],), "y": (sizes[-1],)}
        self.wrt = [name for name in self.shapes if name not in ("x", "y")]

    def point(self):
        """Numbers for the leaves; y is one-hot under a softmax, X far from singular."""
        rng = np.random.default_rng(3)
        found = {name: rng.normal(size=shape) for name, shape in self.shapes.items()}
        if "X" in found:
            found["X"] += 3 * np.eye(3)
        return found | ({"y": np.array([0.0, 1.0, 0.0])} if self.depth == 0 else {})

    def loss(self, leaves):
        """The objective."""
        if self.depth == 0:
            return -np.sum(leaves["y"] * (leaves["v"] - np.log(np.sum(np.exp(leaves["v"])))))
        if self.depth < 0:
            return np.log(abs(np.linalg.det(leaves["X"])))
        h = leaves["x"]
        for n in range(1, self.depth + 1):
            u = leaves[f"W{n}"] @ h + leaves[f"b{n}"]
            h = np.tanh(u)
        return np.sum((u - leaves["y"]) ** 2)

    def differences(self, step=1e-5):
        """Every gradient by central differences."""
        leaves, found = self.point(), {}
        for name in self.wrt:
            found[name] = np.empty(self.shapes[name])
            for where in np.ndindex(self.shapes[name]):
                sides = []
                for sign in (1, -1):
                    moved = leaves[name].copy()
                    moved[where] += sign * step
                    sides.append(self.loss({**leaves, name: moved}))
                found[name][where] = (sides[0] - sides[1]) / (2 * step)
        return found


def answer(derive, evaluate):
    """Derive the case named on the command line, and print the time and the gradients in numbers."""
    case = Case(sys.argv[1])
    start = time.process_time()
    derived = derive(case)
    seconds = time.process_time() - start
    gradients = {name: np.asarray(value).tolist() for name, value in evaluate(case, derived).items()}
    print(json.dumps({"seconds": seconds, "gradients": gradients}))

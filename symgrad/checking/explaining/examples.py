"""The problems on which the examples of the mistakes are set."""

SOFTMAX = """
forward:
  u: W1 @ x + b1
  h: relu(u)
  v: W2 @ h + b2
  o: softmax(v)
  L: -sum(y * log(o))
  s: lam / 2 * norm(W2)**2
  J: L + s
backward: {wrt: [W2, b2, W1, b1]}
given:
  x: [1.5, -0.4]
  W1: [[0.3, 0.5], [-0.2, 0.7], [0.4, -0.1]]
  b1: [0.1, 0.4, -0.2]
  W2: [[0.3, -0.5, 0.1], [0.2, 0.7, 0.8], [-0.6, 0.4, 0.25]]
  b2: [0.3, -0.15, 0.05]
  y: [0, 1, 0]
  lam: 0.1
  eta: 0.5
update: {rate: eta, parameters: [W2, b2, W1, b1]}
"""
TANH = """
forward: {z: W1 @ x + b1, a: tanh(z), p: W2 @ a + b2, e: p - t, C: "dot(e, e) / 2"}
backward: {wrt: [W1, b1, W2, b2]}
given:
  x: [0.8, -1.2, 0.5]
  W1: [[0.4, -0.3, 0.7], [0.1, 0.9, -0.5]]
  b1: [0.05, -0.1]
  W2: [[1.1, -0.6], [0.2, 0.45]]
  b2: [0.3, 0.15]
  t: [0.5, -0.25]
"""
ADAM = """
forward: {L: (w - c)**2}
data: [c]
given: {w: 1, c: 3}
backward: {of: L, wrt: [w]}
update: {method: adam, rate: 0.1, parameters: [w], steps: 3}
"""
RECURRENT = """
forward:
  a1: W * h0 + U * x1
  h1: tanh(a1)
  a2: W * h1 + U * x2
  h2: tanh(a2)
  o: V * h2
  L: (o - y)**2 / 2
backward: {wrt: [W, U, V]}
given: {W: 0.6, U: 0.9, V: 1.3, h0: 0.2, x1: 0.5, x2: -0.4, y: 0.3}
"""
SCALAR = """
forward: {p: x * k, q: sin(x) + z, r: q**2, f: p * r}
given: {x: 1.2, k: -0.7, z: 0.4}
"""
PRODUCT = """
forward: {f: x**2 / 2 * sin(x)}
given: {x: 0.7}
"""
ENTROPY = """
forward: {n: norm(w), H: -sum(p * log(p)), q: "sum(w**3)", J: n + H + q}
given: {p: [0.2, 0.5, 0.3], w: [0.6, -0.4, 1.1, 0.25]}
"""
COMPOSED = """
forward: {u: x**2 + 1, v: log(u), J: (v - k)**2}
given: {x: 0.8, k: 0.3}
"""
BATCH = """
forward: {Z: X @ W + b, P: "softmax(Z, axis=1)", L: -sum(Y * log(P)) / 4}
backward: {wrt: [W, b]}
given:
  X: [[1.0, -0.5], [0.3, 0.8], [-1.2, 0.4], [0.6, 0.9]]
  W: [[0.2, -0.4, 0.5], [0.7, 0.1, -0.3]]
  b: [0.05, -0.1, 0.2]
  Y: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
"""
CONVOLUTION = """
forward: {z: "conv2d(a, w)", L: sum(g * z)}
backward: {wrt: [a, w]}
given:
  a: [[1.0, 0.5, -1.0], [2.0, -0.3, 0.8], [0.4, 1.5, -0.6]]
  w: [[0.5, -1.0], [2.0, 0.3]]
  g: [[1.0, -0.5], [0.2, 0.7]]
"""
D = r"\frac{\partial %s}{\partial %s}"


def d(of: str, wrt: str) -> str:
    """∂of/∂wrt."""
    return D % (of, wrt)

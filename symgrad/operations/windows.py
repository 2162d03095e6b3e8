"""Numbers of convolution and pooling: a small window moved over a matrix, and the way back.

The functions work on float64 and on object arrays alike. ``stride`` is the step of the window,
``padding`` the number of rows and columns of zeros put around the matrix first.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from symgrad.operations.record import Numbers, Space


def windows(x: Numbers, size: tuple[int, int], stride: int) -> Numbers:
    """All windows of a matrix: axes of their place (i, j), then of the place in them (a, b)."""
    whole = np.lib.stride_tricks.sliding_window_view(x, size)
    return np.asarray(whole[::stride, ::stride])


def padded(space: Space, x: Numbers, padding: int) -> Numbers:
    """A matrix with zeros around it."""
    zeros = space.array(np.zeros([n + 2 * padding for n in x.shape], dtype=int))
    result = zeros.astype(np.result_type(zeros, x))
    result[padding : padding + x.shape[0], padding : padding + x.shape[1]] = x
    return result


def convolve(space: Space, x: Numbers, k: Numbers, stride: int = 1, padding: int = 0) -> Numbers:
    """z_ij = Σ_ab x_(si+a−p)(sj+b−p) k_ab, of the shape ((n + 2p − k) // s + 1) along each axis."""
    seen = windows(padded(space, x, padding), (k.shape[0], k.shape[1]), stride)
    return np.asarray(np.tensordot(seen, k, axes=2))


def kernel_gradient(
    space: Space, x: Numbers, g: Numbers, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Numbers:
    """Σ_ij g_ij x_(si+a−p)(sj+b−p) at a, b: what a convolution hands back to a kernel of this shape."""
    seen = windows(padded(space, x, padding), shape, stride)
    return np.asarray(np.tensordot(g, seen, axes=2))


def input_gradient(
    space: Space, g: Numbers, k: Numbers, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Numbers:
    """Every g_ij k_ab added at the place of the input it came from: what goes back to the input."""
    whole = padded(space, space.array(np.zeros(shape, dtype=int)), padding)
    rows, columns = g.shape
    for a, b in np.ndindex(k.shape):
        whole[a : a + stride * rows : stride, b : b + stride * columns : stride] += k[a, b] * g
    return whole[padding : padding + shape[0], padding : padding + shape[1]]


def pool(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """The largest entry of each window."""
    return np.asarray(np.max(windows(x, (size, size), stride or size), axis=(2, 3)))


def pool_weights(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """1 shared equally among the largest entries of each window, 0 for the others: axes i, j, a, b."""
    seen = windows(x, (size, size), stride or size)
    hit = space.array((seen == np.max(seen, axis=(2, 3), keepdims=True)).astype(int))
    return np.asarray(hit / np.sum(hit, axis=(2, 3), keepdims=True))


def unpool(space: Space, g: Numbers, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """Each g_ij handed back to the largest entries of its window."""
    weights, step = pool_weights(space, x, size, stride), stride or size
    whole = space.array(np.zeros(x.shape, dtype=int))
    for a, b in product(range(size), repeat=2):
        part = whole[a::step, b::step][: g.shape[0], : g.shape[1]]
        part += weights[:, :, a, b] * g
    return whole


def pool_tensor(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """The weight of x_pq in the largest entry of window i, j: axes i, j, p, q."""
    weights, step = pool_weights(space, x, size, stride), stride or size
    whole = space.array(np.zeros((*weights.shape[:2], *x.shape), dtype=int))
    for i, j in np.ndindex(weights.shape[:2]):
        whole[i, j, i * step : i * step + size, j * step : j * step + size] = weights[i, j]
    return whole


def window_tensor(space: Space, shape: tuple[int, ...], stride: int = 1, padding: int = 0) -> Numbers:
    """1 where the places of output, kernel and input meet along every axis (p = si + a − padding), else 0.

    ``shape`` is that of the output, of the kernel and of the input, one behind the other.
    """
    places = np.indices(shape, sparse=True)
    axes = len(shape) // 3
    meet = [
        p == stride * i + a - padding
        for i, a, p in zip(places[:axes], places[axes:-axes], places[-axes:], strict=True)
    ]
    return space.array(np.logical_and.reduce(np.broadcast_arrays(*meet)).astype(int))

"""Numbers of convolution and pooling: a small window moved over a matrix, and the way back.

The functions work on float64 and on object arrays alike. ``stride`` is the step of the window,
``padding`` the number of rows and columns of zeros put around the matrix first. A window moves along the
last axes of an array; those before them are samples and channels.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from symgrad.operations.bilinear import bilinear
from symgrad.operations.record import Numbers, Space


def windows(x: Numbers, size: tuple[int, ...], stride: int) -> Numbers:
    """All windows of an array: its first axes, those of their place (i, j), of the place in them (a, b)."""
    moved = tuple(range(x.ndim - len(size), x.ndim))
    whole = np.lib.stride_tricks.sliding_window_view(x, size, axis=moved)
    steps = [stride if axis in moved else 1 for axis in range(whole.ndim)]
    return np.asarray(whole[tuple(slice(None, None, step) for step in steps)])


def padded(space: Space, x: Numbers, padding: int, moved: int = 2) -> Numbers:
    """An array with zeros around it along the last ``moved`` axes."""
    around = [padding if axis >= x.ndim - moved else 0 for axis in range(x.ndim)]
    zeros = space.array(np.zeros([n + 2 * p for n, p in zip(x.shape, around, strict=True)], dtype=int))
    result = zeros.astype(np.result_type(zeros, x))
    result[tuple(slice(p, p + n) for n, p in zip(x.shape, around, strict=True))] = x
    return result


def convolve(space: Space, x: Numbers, k: Numbers, stride: int = 1, padding: int = 0) -> Numbers:
    """z_ij = Σ_ab x_(si+a−p)(sj+b−p) k_ab, of the shape ((n + 2p − k) // s + 1) along each axis.

    Of kernels for each filter o and channel c, z_noij = Σ_cab x_nc(si+a−p)(sj+b−p) k_ocab.
    """
    size = k.shape[2:] if k.ndim > 2 else k.shape
    return bilinear(lambda x, k: _moved(x, k, size, stride), padded(space, x, padding, len(size)), k)


def _moved(x: Numbers, k: Numbers, size: tuple[int, ...], stride: int) -> Numbers:
    seen = windows(x, size, stride)
    if k.ndim == len(size):
        return np.asarray(np.tensordot(seen, k, axes=len(size)))
    inside = range(seen.ndim - len(size), seen.ndim)
    where = seen.ndim - 2 * len(size) - 1
    found = np.tensordot(seen, k, axes=((where, *inside), range(1, k.ndim)))
    return np.asarray(np.moveaxis(found, -1, where))


def kernel_gradient(
    space: Space, x: Numbers, g: Numbers, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Numbers:
    """Σ_ij g_ij x_(si+a−p)(sj+b−p) at a, b: what a convolution hands back to a kernel of this shape."""
    whole = padded(space, x, padding)
    return bilinear(lambda g, x: np.asarray(np.tensordot(g, windows(x, shape, stride), axes=2)), g, whole)


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
    return np.asarray(np.max(windows(x, (size, size), stride or size), axis=(-2, -1)))


def pool_weights(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """1 shared equally among the largest entries of each window, 0 for the others: axes …, i, j, a, b."""
    seen = windows(x, (size, size), stride or size)
    hit = space.array((seen == np.max(seen, axis=(-2, -1), keepdims=True)).astype(int))
    return np.asarray(hit / np.sum(hit, axis=(-2, -1), keepdims=True))


def unpool(space: Space, g: Numbers, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """Each g_ij handed back to the largest entries of its window."""
    weights, step = pool_weights(space, x, size, stride), stride or size
    whole = space.array(np.zeros(x.shape, dtype=int))
    for a, b in product(range(size), repeat=2):
        part = whole[..., a::step, b::step][..., : g.shape[-2], : g.shape[-1]]
        part += weights[..., a, b] * g
    return whole


def pool_tensor(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """The weight of x_pq in the largest entry of window i, j: axes …, i, j, p, q."""
    weights, step = pool_weights(space, x, size, stride), stride or size
    whole = space.array(np.zeros((*weights.shape[:-2], *x.shape[-2:]), dtype=int))
    for i, j in np.ndindex(weights.shape[-4:-2]):
        rows, columns = slice(i * step, i * step + size), slice(j * step, j * step + size)
        whole[..., i, j, rows, columns] = weights[..., i, j, :, :]
    return whole


def average(space: Space, x: Numbers, size: int, stride: int | None = None) -> Numbers:
    """The mean of each window."""
    return np.asarray(np.sum(windows(x, (size, size), stride or size), axis=(-2, -1)) / size**2)


def cover(space: Space, shape: tuple[int, ...], size: int, stride: int) -> Numbers:
    """1 where window i covers place p, else 0: axes i, p of this shape."""
    windows_, places = np.indices(shape, sparse=True)
    inside = places - stride * windows_
    return space.array(((inside >= 0) & (inside < size)).astype(int))


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

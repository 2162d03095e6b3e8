"""Functions that generated code calls, in plain NumPy: their text goes along with the code.

They are float64 counterparts of the functions in `symgrad.operations`, which work in 50 digits too
and take their arithmetic as an argument; that both agree is tested operation by operation.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Axis: TypeAlias = "int | tuple[int, ...] | None"
Shape: TypeAlias = "tuple[int, ...]"


def erf(t: Array) -> Any:
    """The error function, which NumPy does not have."""
    return np.vectorize(math.erf, otypes=[float])(t)


def sigmoid(t: Array) -> Any:
    """1 / (1 + e^-t), without overflow."""
    small = np.exp(-np.abs(t))
    return np.where(t >= 0, 1.0, small) / (1.0 + small)


def silu(t: Array) -> Any:
    """t sigmoid(t)."""
    return t * sigmoid(t)


def gelu(t: Array) -> Any:
    """t Φ(t), Φ the distribution function of the normal distribution."""
    return 0.5 * t * (1.0 + erf(t / math.sqrt(2.0)))


def leaky_relu(t: Array, slope: float = 0.01) -> Any:
    """t where it is positive, else slope · t."""
    return np.where(t > 0, t, slope * t)


def elu(t: Array) -> Any:
    """t where it is not negative, else e^t - 1."""
    return np.where(t < 0, np.expm1(np.minimum(t, 0.0)), t)


def softmax(x: Array, axis: Axis = None) -> Any:
    """e^x over its sum, without overflow."""
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: Axis = None) -> Any:
    """x - log Σ e^x, without overflow."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def logsumexp(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """log Σ e^x, without overflow."""
    top = np.max(x, axis=axis, keepdims=True)
    kept = top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
    return kept if keepdims else np.squeeze(kept, axis=axis)


def norm(x: Array) -> Any:
    """The root of the sum of the squared entries."""
    return np.sqrt(np.sum(x * x))


def direction(x: Array) -> Any:
    """x over its norm, 0 where that is 0."""
    length = norm(x)
    return x / length if length != 0 else x


def largest(x: Array, axis: Axis = None) -> Any:
    """1 shared equally among the largest entries, 0 for the others."""
    hit = (x == np.max(x, axis=axis, keepdims=True)).astype(float)
    return hit / np.sum(hit, axis=axis, keepdims=True)


def smallest(x: Array, axis: Axis = None) -> Any:
    """1 shared equally among the smallest entries, 0 for the others."""
    return largest(-x, axis)


def onehot(y: Array, size: int) -> Any:
    """A row with a 1 at its label for each."""
    return np.eye(size)[np.asarray(y).astype(int)]


def pick(x: Array, y: Array) -> Any:
    """The entry of each row at its label."""
    at = np.expand_dims(np.asarray(y).astype(int), -1)
    return np.take_along_axis(x, at, -1)[..., 0]


def gather(x: Array, y: Array) -> Any:
    """The rows with these labels."""
    return x[np.asarray(y).astype(int)]


def others(x: Array, axis: int = -1) -> Any:
    """At each entry the product of all others along an axis."""
    rows = np.moveaxis(x, axis, -1)
    found = [np.prod(np.delete(rows, n, -1), axis=-1) for n in range(rows.shape[-1])]
    return np.moveaxis(np.stack(found, axis=-1), -1, axis)


def inverse(x: Array) -> Any:
    """The inverse of a matrix, NaN where it is singular."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return np.full(x.shape, np.nan)


def windows(x: Array, size: Shape, stride: int) -> Any:
    """All windows along the last axes of an array: axes of their place, then of the place in them."""
    axes = len(size)
    seen = np.lib.stride_tricks.sliding_window_view(x, size, axis=tuple(range(-axes, 0)))
    steps = [1] * (np.ndim(x) - axes) + [stride] * axes + [1] * axes
    return seen[tuple(slice(None, None, step) for step in steps)]


def padded(x: Array, padding: int, axes: int) -> Any:
    """Zeros around an array along its last axes."""
    return np.pad(x, [(0, 0)] * (np.ndim(x) - axes) + [(padding, padding)] * axes)


def convolve(x: Array, k: Array, stride: int = 1, padding: int = 0) -> Any:
    """Σ_ab x_(si+a-p)(sj+b-p) k_ab; of kernels for each filter o and channel c, Σ_cab x_nc.. k_ocab."""
    size = k.shape[2:] if k.ndim > 2 else k.shape
    axes = len(size)
    seen = windows(padded(x, padding, axes), size, stride)
    if k.ndim == axes:
        return np.tensordot(seen, k, axes=axes)
    inside, channel = range(seen.ndim - axes, seen.ndim), seen.ndim - 2 * axes - 1
    return np.moveaxis(np.tensordot(seen, k, axes=((channel, *inside), range(1, k.ndim))), -1, channel)


def kernel_gradient(x: Array, g: Array, shape: Shape, stride: int = 1, padding: int = 0) -> Any:
    """Σ_ij g_ij x_(si+a-p)(sj+b-p): what a convolution hands back to its kernel."""
    return np.tensordot(g, windows(np.pad(x, padding), shape, stride), axes=2)


def input_gradient(g: Array, k: Array, shape: Shape, stride: int = 1, padding: int = 0) -> Any:
    """Every g_ij k_ab added at the place of the input it came from."""
    whole = np.zeros((shape[0] + 2 * padding, shape[1] + 2 * padding))
    for a, b in np.ndindex(k.shape):
        whole[a : a + stride * g.shape[0] : stride, b : b + stride * g.shape[1] : stride] += k[a, b] * g
    return whole[padding : padding + shape[0], padding : padding + shape[1]]


def pool(x: Array, size: int, stride: int) -> Any:
    """The largest entry of each window."""
    return np.max(windows(x, (size, size), stride), axis=(-2, -1))


def average(x: Array, size: int, stride: int) -> Any:
    """The mean of each window."""
    return np.mean(windows(x, (size, size), stride), axis=(-2, -1))


def cover(shape: Shape, size: int, stride: int) -> Any:
    """1 where window i covers place p, else 0."""
    inside = np.arange(shape[1]) - stride * np.arange(shape[0])[:, np.newaxis]
    return 1.0 * ((inside >= 0) & (inside < size))


def pool_weights(x: Array, size: int, stride: int) -> Any:
    """1 shared equally among the largest entries of each window: axes of the window, of the place in it."""
    seen = windows(x, (size, size), stride)
    hit = (seen == np.max(seen, axis=(-2, -1), keepdims=True)).astype(float)
    return hit / np.sum(hit, axis=(-2, -1), keepdims=True)


def unpool(g: Array, x: Array, size: int, stride: int) -> Any:
    """Each g_ij handed back to the largest entries of its window."""
    weights, whole = pool_weights(x, size, stride), np.zeros(x.shape)
    for a, b in np.ndindex(size, size):
        part = whole[..., a::stride, b::stride][..., : g.shape[-2], : g.shape[-1]]
        part += weights[..., a, b] * g
    return whole


def pool_tensor(x: Array, size: int, stride: int) -> Any:
    """The weight of x_pq in the largest entry of window i, j: axes i, j, p, q."""
    weights = pool_weights(x, size, stride)
    whole = np.zeros(weights.shape[:-2] + x.shape[-2:])
    for i, j in np.ndindex(weights.shape[-4:-2]):
        rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        whole[..., i, j, rows, columns] = weights[..., i, j, :, :]
    return whole


def window_tensor(shape: Shape, stride: int, padding: int) -> Any:
    """1 where the places of output, kernel and input meet (p = si + a - padding), else 0."""
    places, axes = np.indices(shape), len(shape) // 3
    meet = (places[2 * axes :] == stride * places[:axes] + places[axes : 2 * axes] - padding) * 1.0
    return np.prod(meet, axis=0)


def stretch(size: int, start: int | None, stop: int | None) -> int:
    """How many places of ``size`` a slice picks."""
    return len(range(size)[start:stop])

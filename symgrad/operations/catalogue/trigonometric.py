"""Sine and cosine."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

SIN = elementwise("sin", "sine", lambda t: sympy.sin(t), np.sin, chain("the cosine"), torch=("sin",))
COS = elementwise("cos", "cosine", lambda t: sympy.cos(t), np.cos, chain("minus the sine"), torch=("cos",))

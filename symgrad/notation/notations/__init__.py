"""Every notation in a file of its own: ``NOTATIONS["prod"]`` is one of them."""

from symgrad.discovery import Discovered
from symgrad.notation.derivatives import Notation

NOTATIONS = Discovered(__name__, __path__, Notation)

"""The table of optimisers: ``METHODS["adam"]`` is its record, which a file of `catalogue` holds."""

from symgrad.discovery import Discovered
from symgrad.methods import catalogue
from symgrad.methods.record import Method

METHODS = Discovered(catalogue.__name__, catalogue.__path__, Method)
"""Every method by the name that ``update.method`` takes."""

"""One file an optimiser."""

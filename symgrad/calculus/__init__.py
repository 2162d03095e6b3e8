"""The symbolic heart: index calculus, derivation, verification."""

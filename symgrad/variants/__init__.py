"""Variants of a problem: the same forward pass with numbers of its own for every student."""

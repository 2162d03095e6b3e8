"""NumPy source code from formulas: written, checked, compiled. No text of the user's is ever in it."""

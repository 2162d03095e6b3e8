"""Numbers for formulas: float64 for the report, 50 digits for the proofs of steps."""

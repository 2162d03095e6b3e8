"""From a problem file to a frozen `Problem`: YAML, formulas, givens, and the checks on their names."""

"""One meaning for every written line: names settled for the whole work, values at points."""

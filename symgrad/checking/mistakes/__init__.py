"""The catalogue of mistakes: what each is, what it does to a right expression, and how that is undone."""

"""A student's work against a problem: meaning, worlds, judging, explaining."""

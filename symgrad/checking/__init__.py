"""A student's work against a problem: worlds, meaning, settling, judging, explaining."""

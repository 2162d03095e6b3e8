"""Marks for others to take: a file a format, made from results, or from one summary of each."""

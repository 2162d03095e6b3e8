"""The report before any format is chosen."""

"""The Python API: problems in, worked solutions out, each a small read-only view."""

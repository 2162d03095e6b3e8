"""Every operation in a file of its own: what is put here is found, derived, written, read and told."""

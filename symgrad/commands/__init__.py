"""The commands, each a module that loads nothing heavy until it runs."""

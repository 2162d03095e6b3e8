"""Why a line is wrong: every mistake of the catalogue is tried on it, and one that reproduces it is named."""

"""How formulas are written: the display tree, its printers, its measure and the names in it."""

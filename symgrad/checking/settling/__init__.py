"""What a work as a whole shows of its notation: settled once, before any line is judged."""

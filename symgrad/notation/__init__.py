"""From the meaning of a formula (`symgrad.tree`) to its look (`symgrad.maths.nodes`)."""

"""The problem at points: the value of every name and the derivative of any by any other."""

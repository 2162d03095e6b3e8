"""Gradient descent: A. Cauchy, Méthode générale pour la résolution des systèmes d'équations, 1847."""

from symgrad.methods.record import Method

SGD = Method("sgd", "gradient descent", {"w": "w - rate * g"})

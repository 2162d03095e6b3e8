"""Sides held against one another at points, and the verdicts that follow."""

"""Checking a derivation: lines are bound to the problem's names, judged, and the slips explained."""

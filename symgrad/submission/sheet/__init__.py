"""A sheet as a problem: its forward equations and givens, made into what a problem file would state."""

from symgrad.submission.sheet.problem import is_sheet, open_problem, problem_of

__all__ = ["is_sheet", "open_problem", "problem_of"]

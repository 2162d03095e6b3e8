"""A sheet as a problem: its forward equations and givens, made into what a problem file would state."""

from symgrad.submission.sheet.problem import Sheet, is_sheet, open_problem, problem_of, sheet_of

__all__ = ["Sheet", "is_sheet", "open_problem", "problem_of", "sheet_of"]

"""Marking a class: what was handed in, judged once, as marks, pages, a gradebook and files for a course."""

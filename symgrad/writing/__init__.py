"""From a `Document` to files: LaTeX and Typst source by templates, PDF by an engine."""

"""A page to type a derivation into, and a teacher's view of a marked class: ``symgrad serve``."""

"""The JSON Schema of a problem file, made from the models that read it."""

from __future__ import annotations

from typing import Any

from symgrad.reading.schema import ProblemFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema, for editors and other programs: keys, types, descriptions and examples.

    What no schema can say, such as that a formula can be read, is left to the reader itself.
    """
    return {"$schema": DIALECT, **ProblemFile.model_json_schema(), "title": "A problem file of symgrad"}

"""The JSON Schema of a problem file, made from the models that read it."""

from __future__ import annotations

from typing import Any

from msgspec import json
from msgspec.json import schema_components

from symgrad.reading.schema import ProblemFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema, for editors and other programs: keys, types, descriptions and examples.

    What no schema can say, such as that a formula can be read, is left to the reader itself.
    """
    _, sections = schema_components([ProblemFile], ref_template="#/$defs/{name}")
    whole = sections.pop(ProblemFile.__name__)
    schema = {"$schema": DIALECT, **whole, "title": "A problem file of symgrad", "$defs": sections}
    return dict(json.decode(json.encode(schema)))

"""A checker for the part of JSON Schema that the schemas of the rows use.

It knows no more than they need, and refuses a schema with other keywords, so that nothing passes because it was not
understood. Any full validator can be used in its place: the schemas follow JSON Schema, draft 2020-12.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
ANNOTATIONS = {"$schema", "title", "description"}
KEYWORDS = ANNOTATIONS | {
    "type",
    "additionalProperties",
    "required",
    "properties",
    "enum",
    "pattern",
    "minimum",
    "minLength",
    "minItems",
    "items",
}

Schema = Dict[str, Any]


def load(path: Path) -> Schema:
    """Read a schema and make sure that every keyword in it is one that `problems` checks."""
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    _refuse_unknown(schema, str(path))
    return schema


def _refuse_unknown(schema: Schema, place: str) -> None:
    unknown = set(schema) - KEYWORDS
    if unknown or schema.get("additionalProperties", False) is not False:
        raise ValueError(f"{place}: this checker does not know {', '.join(sorted(unknown)) or 'additionalProperties with a schema'}")
    for name, inner in schema.get("properties", {}).items():
        _refuse_unknown(inner, f"{place}: {name}")
    if "items" in schema:
        _refuse_unknown(schema["items"], f"{place}: items")


def problems(value: Any, schema: Schema, place: str = "row") -> Iterator[str]:
    """What keeps `value` from fitting `schema`, each in one line that begins with the place."""
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        yield f"{place} is not of type {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {value!r}, which is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, dict):
        yield from _problems_of_object(value, schema, place)
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{place} is empty"
        for index, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), f"{place}[{index}]")
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{place} is empty"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place} is {value!r}, which does not match {schema['pattern']}"
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{place} is {value}, less than {schema['minimum']}"


def _problems_of_object(value: Dict[str, Any], schema: Schema, place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place} lacks {name}"
    for name, inner in value.items():
        if name in properties:
            yield from problems(inner, properties[name], f"{place}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{place} has {name}, which no such row has"

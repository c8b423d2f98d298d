# SPDX-License-Identifier: MIT
"""JSON schemas of a scenario, a study and a search, for editors that complete and check TOML files.

Draft 7, which editors of TOML (Even Better TOML, taplo) understand. It is made from the pydantic
models, so that it says what they do, with unit, range and default in each description. What goes
across keys, and what needs a mesh or a file, only ``solespine check`` knows: a file that the schema
refuses is wrong, one that it accepts may still be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel

from materials.library import names
from scenarios.keys import SHORT, Key, keys_of, scenario_keys, table_names
from scenarios.optimise.study import Search
from scenarios.schema import Scenario
from scenarios.schema_insole import BAREFOOT
from scenarios.sweep.study import Study

Node = dict[str, Any]
FileKind = Literal["scenario", "study", "search"]
"""What a TOML file describes: one run, many cases (`sweep`), or the best design (`optimise`)."""

DRAFT = "http://json-schema.org/draft-07/schema#"
_OURS = ("allowed_text", "default_text", "input_path", "title", "format")
"""Entries that mean nothing to an editor, or nothing true: a title is a key written otherwise."""
_STEP = {"type": "number", "minimum": 1, "maximum": 50}
_PERCENT = {"type": "number", "minimum": 1, "maximum": 99}
_POINT = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
_RISING = {"type": "array", "items": _PERCENT, "minItems": 1}
_BY_VALIDATOR: Mapping[str, Node] = {
    "output.stance_percent": {"anyOf": [_STEP, _RISING]},
    **{f"subject.scan.{mark}_xyz": _POINT for mark in ("heel", "metatarsal_1", "metatarsal_5")},
}
"""Types of keys that a function of the schema checks, which pydantic cannot write down."""


def scenario_schema() -> Node:
    """The schema of a scenario file."""
    schema = _schema_of(Scenario, scenario_keys())
    tables = schema["properties"]
    for short, full in SHORT.items():
        table, _, name = full.partition(".")
        tables[short] = {**tables[table]["properties"][name], "description": f"Short for [{full}]"}
    for table in ("insole", "baseline"):
        tables[table] = _with_materials(tables[table])
    return _headed(schema, "A solespine scenario")


def study_schema(model: type[Study] = Study) -> Node:
    """The schema of a study of many cases; keys of the scenario are completed in it too.

    Args:
        model: of a study, or of a search.
    """
    schema = _schema_of(model, keys_of(model))
    scenario = scenario_schema()
    settings = {**dict(_dotted(scenario)), **scenario["properties"]}
    schema["definitions"] = {
        "settings": {"type": "object", "additionalProperties": False, "properties": settings}
    }
    keys = [name for name, node in _dotted(scenario) if node.get("type") != "object"]
    _of_scenario(schema, keys)
    if model is not Study:  # a search has search and goals in their place, and must have goals
        for name in ("design", "compare"):
            schema["properties"].pop(name)
        schema["required"] = [*schema["required"], "factors", "goals"]
    return _headed(schema, f"A solespine {model.__name__.lower()}")


def _of_scenario(schema: Node, keys: list[str]) -> None:
    """Let the parts of a study that name keys of the scenario know them."""
    shared = {"$ref": "#/definitions/settings"}
    for name, node in schema.get("properties", {}).items():
        if name == "settings":
            schema["properties"][name] = {"allOf": [shared], "description": node["description"]}
        elif name in ("cases", "start"):
            node["items"] = shared
        elif name == "key":
            node["enum"] = keys
        elif name not in ("goals", "constraints"):  # whose keys are those of a summary too
            _of_scenario(node, keys)
            if isinstance(node.get("items"), dict):
                _of_scenario(node["items"], keys)


def schema_text(kind: FileKind = "scenario") -> str:
    """The text of a schema file."""
    if kind == "scenario":
        schema = scenario_schema()
    else:
        schema = study_schema(Search if kind == "search" else Study)
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _headed(schema: Node, title: str) -> Node:
    return {"$schema": DRAFT, "title": title, **schema}


def _schema_of(model: type[BaseModel], keys: tuple[Key, ...]) -> Node:
    """A model's schema with its tables written in place, in draft 7."""
    made = model.model_json_schema()
    plain = _plain({k: v for k, v in made.items() if k != "$defs"}, made.get("$defs", {}))
    for key in keys:
        node = _at(plain, key.name)
        if node is not None:
            if key.name in _BY_VALIDATOR:
                node.pop("anyOf", None)
                node |= _BY_VALIDATOR[key.name]
            node["description"] = _description(key)
    return plain


def _plain(node: Any, tables: Mapping[str, Node]) -> Any:
    """A node of pydantic's schema as draft 7 has it, references and null taken away."""
    if isinstance(node, list):
        return [_plain(item, tables) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        table = tables[node["$ref"].rpartition("/")[2]]
        node = {**table, **{k: v for k, v in node.items() if k != "$ref"}}
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1 and "anyOf" in node:  # TOML has no null: an absent key is left out
        return _plain({**options[0], **{k: v for k, v in node.items() if k != "anyOf"}}, tables)
    found: Node = {}
    for name, value in node.items():
        if name == "properties":
            found[name] = {key: _plain(table, tables) for key, table in value.items()}
        elif name == "prefixItems":
            found["items"] = _plain(value, tables)
        elif name not in _OURS and not (name == "default" and value is None):
            found[name] = _plain(value, tables)
    return found


def _at(schema: Node, name: str) -> Node | None:
    """The node of a dotted key; ``[]`` goes into the entries of a list."""
    node: Node = schema
    for part in name.split("."):
        inner = node.get("properties", {}).get(part.removesuffix("[]"))
        if inner is None:
            return None
        node = inner["items"] if part.endswith("[]") else inner
    return node


def _description(key: Key) -> str:
    """Meaning, then what is allowed and what holds without it."""
    default = f"default {key.default}" if key.default else "must be given"
    return f"{key.description}\n\n{key.allowed}; {default}"


def _with_materials(table: Node) -> Node:
    """An insole's table whose materials are those of the library, unless it names a file.

    An editor completes from the types of the keys, and refuses by what stands under ``then``.
    """
    found = list(names("insole"))
    known, or_none = {"enum": found}, {"enum": [BAREFOOT, *found]}
    properties = dict(table["properties"])
    for key, choice in (("material", or_none), ("heel_plug_material", known)):
        node = {k: v for k, v in properties[key].items() if k not in ("type", "minLength")}
        properties[key] = {**node, "anyOf": [choice, {"type": "string", "minLength": 1}]}
    of_entries = {"items": {"properties": {"material": known}}}
    library = {
        "material": or_none,
        "heel_plug_material": known,
        "layers": of_entries,
        "zones": of_entries,
        "infill": {"properties": {"material": known}},
    }
    return {
        **table,
        "properties": properties,
        "if": {"not": {"required": ["material_file"]}},
        "then": {"properties": library},
    }


def _dotted(schema: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Keys of a scenario that can be set by their dotted names, and tables with a dot in theirs."""
    for name, node in cast("Mapping[str, Node]", schema["properties"]).items():
        full = f"{prefix}{name}"
        if node.get("type") != "object":
            yield full, node
            continue
        if "." in full and full in table_names():
            yield full, node
        yield from _dotted(node, f"{full}.")

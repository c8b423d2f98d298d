# SPDX-License-Identifier: MIT
"""A commented scenario, study or search to begin with, made from the schema.

A key that most people set stands in it with its default; any other is a comment, ``# key = value``,
with the value that holds without it. Taking away ``# `` from such a line changes nothing until the
value is changed. A key that is not given by default has a line ``#   e.g. key = value`` instead.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel

from scenarios.calibration_terms import UNUSED_TABLES
from scenarios.keys import Key, keys_of, scenario_keys, table_of
from scenarios.optimise.study import Search
from scenarios.schema import Analysis, Scenario
from scenarios.sweep.study import Study
from scenarios.toml_text import toml_text

Reader = Literal["designer", "engineer", "researcher"]
Active = Mapping[str, Mapping[str, object]]
"""Keys that are no comments, with their values, by table."""

WIDTH = 100
BASES: Mapping[str, str] = {"standing": "standing", "stance": "walking", "impact": "heel_strike"}
"""Scenario of the library that a study of an analysis starts from."""

_GENERAL = ("name", "analysis", "resolution", "output.*", "baseline*", "standing.*", "gait.speed*")
READERS: Mapping[Reader, tuple[str, ...]] = {
    "designer": (
        *(*_GENERAL, "subject.*", "insole.*", "impact.movement", "impact.running_speed_m_s"),
        "alignment.*",
    ),
    "engineer": (
        *(*_GENERAL, "subject.body_mass_kg", "subject.height_m", "subject.foot_type"),
        *("subject.tissue*", "insole.material*", "insole.layers*", "insole.zones*"),
        *("insole.infill*", "insole.thickness_mm", "insole.arch_stiffness*", "insole.heel_plug*"),
        *("insole.wear*", "impact.*", "contact.*", "solver.*"),
    ),
    "researcher": ("*",),
}
"""Which keys are shown to whom: shape of foot and insole, materials and numerics, or all."""

_SET: Active = {
    "": {"resolution": "coarse"},
    "subject": {"body_mass_kg": 70.0, "height_m": 1.75, "foot_type": "neutral"},
    "insole": {"material": "eva_35", "thickness_mm": 6.0, "conformity": 0.0},
}
_SET_OF_ANALYSIS: Mapping[str, Active] = {
    "standing": {"standing": {"body_weight_share": 0.5}},
    "stance": {"gait": {"speed_m_s": 1.3}},
    "impact": {"impact": {"movement": "walking"}, "gait": {"speed_m_s": 1.3}},
}
_EXAMPLES: Mapping[str, str] = {
    "name": 'name = "softer"',
    "subject.arch_height_index": "arch_height_index = 0.34",
    "subject.scan_file": 'scan_file = "foot.stl"',
    "subject.scan": 'scan = { kind = "foot", unit = "mm" }',
    "insole.material_file": 'material_file = "my_materials.toml"',
    "insole.layers": 'layers = [{ material = "cork", thickness_mm = 2 }, '
    '{ material = "eva_50", thickness_mm = 4 }]',
    "insole.zones": 'zones = [{ region = "heel", material = "poron_soft" }]',
    "insole.infill": 'infill = { material = "tpu_95a", relative_density = 0.2 }',
    "insole.arch_height_mm": "arch_height_mm = 22",
    "insole.metatarsal_pad_length_mm": "metatarsal_pad_length_mm = 45",
    "insole.metatarsal_pad_width_mm": "metatarsal_pad_width_mm = 40",
    "insole.wear": "wear = { hours = 300 }",
    "gait.grf_file": 'grf_file = "forces.mot"',
    "gait.kinematics_file": 'kinematics_file = "angles.mot"',
    "gait.plate_sides": 'plate_sides = ["right", "left"]',
    "gait.pressure_file": 'pressure_file = "walk.asc"',
    "gait.stance_index": "stance_index = 0",
    "impact.content_hz": "content_hz = 50",
    "impact.vertical_velocity_mm_s": "vertical_velocity_mm_s = -400",
    "impact.forward_velocity_mm_s": "forward_velocity_mm_s = 600",
    "alignment.stiffness_study": "stiffness_study = false",
}
_OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "standing": ("plantar.peak_pressure_kpa.heel", "lumbar.L4-L5.compression_n.peak"),
    "stance": ("plantar.peak_pressure_kpa.heel", "lumbar.L4-L5.compression_n.peak"),
    "impact": ("shock.impact_peak_bw", "shock.peak_acceleration_g.tibia"),
}
_UNREAD: Mapping[str, tuple[str, ...]] = {
    "impact": (
        *("gait.grf", "gait.kinematics", "gait.plate", "gait.pressure", "gait.stance_index"),
        *("alignment", "subject.leg_length"),
    )
}
"""Keys outside `UNUSED_TABLES` that an analysis does not read."""
_BASELINE = """

# [insole] beside another one: with this table posture is calibrated on it, and what [insole]
# changes is predicted. Its keys are those of [insole]; or give the folder of its finished run,
# as calibration_dir = "results/walking", and nothing else.
# [baseline]
# material = "eva_35"
# thickness_mm = 6.0
"""
_CASES = """

# What all cases have.
[settings]
"output.figures" = false

# What changes between them: values, or a range of numbers.
[[factors]]
key = "insole.material"
values = ["eva_20", "eva_50"]

[[factors]]
key = "insole.thickness_mm"
range = [4.0, 8.0]
levels = 2
"""
_GOALS = """

# What all trials have.
[settings]
"output.figures" = false

# What the search may choose: values, or a range of numbers (integer = true, log = true).
[[factors]]
key = "insole.material"
values = ["eva_20", "eva_35", "eva_50"]

[[factors]]
key = "insole.thickness_mm"
range = [3.0, 9.0]

# What is to be best: numbers of summary.json, or of the scenario.
[[goals]]
key = "{goal}"
direction = "minimise"

[[goals]]
key = "insole.thickness_mm"
direction = "minimise"

# What a design must keep: at_most, at_least, or both.
[[constraints]]
key = "insole.peak_compressive_strain"
at_most = 0.5
"""


def scenario_template(
    analysis: Analysis = "standing", reader: Reader = "researcher", schema: str = ""
) -> str:
    """The text of a commented scenario.

    Args:
        analysis: what is simulated; tables that it does not read are left out.
        reader: which keys are shown.
        schema: name of the JSON schema beside the file, for editors; empty without one.
    """
    left_out = (*UNUSED_TABLES[analysis], "baseline", *_UNREAD.get(analysis, ()))
    keys = {
        key.name: key
        for key in scenario_keys()
        if _is_shown(key.name, reader) and not key.name.startswith(left_out)
    }
    active = {**_SET, **_SET_OF_ANALYSIS[analysis]}
    active[""] = {"analysis": analysis, **_SET[""]}
    lines = [*_top(schema, "A scenario: who stands or walks on what.")]
    lines += _keys_of_table(Scenario, "", Scenario(), active, keys)
    lines += _tables(Scenario, "", Scenario(), active, keys)
    return "\n".join(lines) + "\n" + _BASELINE


def study_template(analysis: Analysis = "standing", schema: str = "") -> str:
    """The text of a commented study of several cases.

    Args:
        analysis: of its base, a scenario of the library.
        schema: name of the JSON schema beside the file; empty without one.
    """
    factor = {"key": "x", "values": [1]}
    study = Study.model_validate({"scenario": BASES[analysis], "factors": [factor]})
    active: Active = {
        "": {"outputs": _OUTPUTS[analysis]},
        "design": {"kind": "grid"},
        "run": {"ranks": 1},
    }
    top = _top(schema, "A study: many cases of one scenario, into one table.")
    return _of_many(study, top, _CASES, active, ("settings", "factors"))


def search_template(analysis: Analysis = "standing", schema: str = "") -> str:
    """The text of a commented search of the best design; see `study_template`."""
    factor = {"key": "x", "values": [1]}
    search = Search.model_validate(
        {"scenario": BASES[analysis], "factors": [factor], "goals": [{"key": "x"}]}
    )
    active: Active = {
        "": {"outputs": _OUTPUTS[analysis]},
        "search": {"trials": 30},
        "run": {"ranks": 1},
    }
    top = _top(schema, "A search: which designs of one scenario are best.")
    left_out = ("settings", "factors", "goals", "constraints", "design", "compare")
    text = _GOALS.replace("{goal}", _OUTPUTS[analysis][0])
    return _of_many(search, top, text, active, left_out)


def _of_many(
    study: Study,
    top: Iterator[str],
    text: str,
    active: Active,
    left_out: tuple[str, ...],
) -> str:
    """A study: its own keys, the tables that are written out, the others from the schema."""
    kind = type(study)
    keys = {k.name: k for k in keys_of(kind) if re.split(r"[.[]", k.name)[0] not in left_out}
    active = {**active, "": {"scenario": study.scenario, **active[""]}}
    lines = [*top, *_keys_of_table(kind, "", study, active, keys)]
    lines += text.rstrip("\n").split("\n")
    lines += _tables(kind, "", study, active, keys)
    return "\n".join(lines) + "\n"


def _is_shown(name: str, reader: Reader) -> bool:
    return any(fnmatchcase(name.replace("[]", ""), pattern) for pattern in READERS[reader])


def _top(schema: str, what: str) -> Iterator[str]:
    if schema:
        yield f"#:schema ./{schema}"
    yield f"# {what}"
    yield from _wrapped(
        "Every key has a default. A line `# key = value` says which: take `# ` away and change the "
        "value. Relative paths refer to the folder of this file."
    )


def _tables(
    model: type[BaseModel],
    table: str,
    values: BaseModel,
    active: Active,
    keys: Mapping[str, Key],
) -> Iterator[str]:
    """The tables in a table that are there by default, each with its keys."""
    for name in model.model_fields:
        inner, full = getattr(values, name), f"{table}.{name}".lstrip(".")
        if not isinstance(inner, BaseModel) or not any(k.startswith(f"{full}.") for k in keys):
            continue
        yield from ("", "", f"# {_meaning(type(inner))}.", f"[{full}]")
        yield from _keys_of_table(type(inner), full, inner, active, keys)
        yield from _tables(type(inner), full, inner, active, keys)


def _keys_of_table(
    model: type[BaseModel],
    table: str,
    values: BaseModel,
    active: Active,
    keys: Mapping[str, Key],
) -> Iterator[str]:
    """A table's own keys, each with its meaning; tables that are absent by default among them."""
    for name, info in model.model_fields.items():
        full, value = f"{table}.{name}".lstrip("."), getattr(values, name)
        parts = [key for key in keys if key.startswith((f"{full}.", f"{full}[]."))]
        if isinstance(value, BaseModel) or not (full in keys or parts):
            continue
        key = keys.get(full)
        text = info.description or _meaning(table_of(info.annotation) or model)
        told = f"; {_told(key, value)}" if key is not None else ""
        absent = value is None or key is None or key.default == "the file's name"
        yield ""
        yield from _wrapped(f"{name}: {text}{told}" if absent else f"{text}{told}")
        for part in parts:
            inner = part.removeprefix(full).lstrip("[].")
            yield from _wrapped(f"  {inner}: {keys[part].description}; {_told(keys[part])}")
        if full in _EXAMPLES:
            yield f"#   e.g. {_EXAMPLES[full]}"
        chosen = active.get(table, {})
        if name in chosen:
            yield _line(name, chosen[name])
        elif not absent:
            yield f"# {_line(name, value)}"


def _meaning(model: type[BaseModel]) -> str:
    """What a table is, in the first line of its class."""
    return (model.__doc__ or "").splitlines()[0].rstrip(".").replace("``", "`")


def _told(key: Key, value: object = None) -> str:
    """What is allowed, and what holds without the key where the value does not show it."""
    shown = "[]" if value == () else str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, float):
        shown = f"{value:g}"
    if not key.default:
        return f"{key.allowed}, must be given"
    if key.default in (shown, "not given"):
        return key.allowed
    return f"{key.allowed}; default {key.default}"


def _line(name: str, value: object) -> str:
    return toml_text({name: value}).strip()


def _wrapped(text: str) -> Iterator[str]:
    indent = "# " + " " * (len(text) - len(text.lstrip()))
    further = f"{indent}  " if len(indent) > 2 else indent
    yield from textwrap.wrap(
        text.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )

# SPDX-License-Identifier: MIT
"""Scenario input of any kind, made from the ranges that the documentation of the keys gives."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass

from hypothesis import strategies as st

from meshes.foot_dimensions import _PER_LENGTH
from meshes.foot_types import TYPICAL, rearfoot_angle_deg
from scenarios.catalogue import insole_materials
from scenarios.keys import Key, scenario_keys

Texts = st.SearchStrategy[str]

MARKS = ("heel", "metatarsal_1", "metatarsal_5")
SPECIAL = {
    "name": ("'a'", "'A.b-c_1'", f"'{'x' * 100}'"),
    "insole.material": tuple(f"'{name}'" for name in (*insole_materials(), "none")),
    "baseline.material": tuple(f"'{name}'" for name in (*insole_materials(), "none")),
    "gait.plate_sides": ("['right']", "['left', 'none', 'right']"),
    **{f"subject.scan.{mark}_xyz": ("[0, 1, 2]",) for mark in MARKS},
    "output.stance_percent": ("1", "50", "7.3", "[1]", "[99]", "[1, 50.5, 99]"),
}
"""Accepted values of keys whose documentation gives no range or list of words."""
WRONG_TYPES = ("'text'", "''", "true", "[]", "[1]", "{}", "{a = 1}", "nan", "inf", "-inf", "1e400")
DIMENSIONS = tuple(name for name in _PER_LENGTH if not name.startswith(("forefoot", "toe")))
REGIONS = ("heel", "midfoot", "forefoot", "toes", "arch")
PLAIN_INSOLE = (
    *("material", "thickness_mm", "conformity", "arch_height_mm", "heel_cup_depth_mm"),
    *("rearfoot_post_deg", "heel_lift_mm"),
)
"""Keys of an insole that a random scenario always gives."""


@dataclass(frozen=True)
class Range:
    """What a key's documentation says of a number."""

    low: float
    high: float
    whole: bool


def range_of(key: Key) -> Range | None:
    """The range of a number, None of other keys."""
    found = re.match(r"(whole number, )?(-?[\d.e+-]+) to (-?[\d.e+-]+)", key.allowed)
    return found and Range(float(found[2]), float(found[3]), bool(found[1]))


def words_of(key: Key) -> tuple[str, ...]:
    """The values of a key that takes some words only, as TOML; empty for others."""
    if key.name in SPECIAL:
        return SPECIAL[key.name]
    if key.allowed == "true or false":
        return ("true", "false")
    words = key.allowed.split(", ")
    return tuple(f"'{w}'" for w in words) if len(words) > 1 and range_of(key) is None else ()


def plain_keys() -> tuple[Key, ...]:
    """Keys with a value of their own: neither files nor lists of tables nor their entries."""
    return tuple(k for k in scenario_keys() if range_of(k) or words_of(k) if "[" not in k.name)


def inside(key: Key) -> Texts:
    """Values that the documentation allows, as TOML: bounds and between."""
    limits = range_of(key)
    if limits is None:
        return st.sampled_from(words_of(key))
    bounds = st.sampled_from((limits.low, limits.high))
    if limits.whole:
        return (st.integers(int(limits.low), int(limits.high)) | bounds.map(int)).map(str)
    return (st.floats(limits.low, limits.high) | bounds).map(repr)


def outside(key: Key) -> Texts:
    """Values that the documentation does not allow."""
    wrong = st.sampled_from(WRONG_TYPES)
    limits = range_of(key)
    if limits is None:
        other = [w for w in WRONG_TYPES if key.allowed != "true or false" or w != "true"]
        return st.sampled_from([*other, "7777", "'no such word'"])
    if limits.whole:
        low, high = int(limits.low) - 1, int(limits.high) + 1
        around = st.sampled_from((low, high, -(10**30), 10**30)).map(str)
        return wrong | around | st.just(f"{limits.low + 0.5}")
    below, above = math.nextafter(limits.low, -math.inf), math.nextafter(limits.high, math.inf)
    far = st.floats(-1e300, below) | st.floats(above, 1e300)
    return wrong | st.sampled_from((below, above)).map(repr) | far.map(repr)


@st.composite
def feet(draw: st.DrawFn) -> dict[str, str]:
    """Feet of any type and length, their dimensions in the shares of it that feet have."""
    length = draw(st.sampled_from((150.0, 255.0, 340.0)) | st.floats(150.0, 340.0))
    said = {"subject.foot_length_mm": repr(length)}
    said["subject.foot_type"] = draw(st.sampled_from([f"'{name}'" for name in TYPICAL]))
    for name in draw(st.lists(st.sampled_from(DIMENSIONS), unique=True)):
        _, low, high = _PER_LENGTH[name]
        share = draw(st.sampled_from((low, high)) | st.floats(low, high))
        said[f"subject.{name}"] = repr(length * share)
    return said


@st.composite
def insoles(draw: st.DrawFn, table: str = "insole") -> dict[str, str]:
    """Insoles of any shape, some with layers and zones."""
    keys = [k for k in plain_keys() if k.name.startswith(f"{table}.")]
    keys = [k for k in keys if k.name not in (f"{table}.both_feet", f"{table}.material")]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True))
    said = {key.name: draw(inside(key)) for key in chosen}
    material = st.sampled_from(insole_materials())
    layers = draw(st.lists(st.tuples(material, st.floats(0.4, 9.0)), max_size=3))
    if layers:
        said[f"{table}.layers"] = _tables("material='{}', thickness_mm={!r}", layers)
        said[f"{table}.thickness_mm"] = repr(sum(t for _, t in layers))
    regions = draw(st.lists(st.sampled_from(REGIONS), unique=True, max_size=4))
    if regions:
        zones = [(draw(material), region) for region in regions]
        said[f"{table}.zones"] = _tables("material='{}', region='{}'", zones)
    return said


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, str]:
    """Settings of any scenario, each value within its documented range."""
    said = draw(feet()) | draw(insoles())
    if draw(st.booleans()):
        said |= draw(insoles("baseline"))
        said["baseline.material"] = draw(st.sampled_from(("'none'", "'eva_35'", "'cork'")))
    others = [k for k in plain_keys() if not k.name.startswith(("insole.", "baseline.", "name"))]
    others = [k for k in others if k.name not in said and k.name != "resolution"]
    keys = draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    return said | {key.name: draw(inside(key)) for key in keys}


def at_random(number: int) -> dict[str, str]:
    """Settings of one scenario, every value spread evenly over its range."""
    rng = random.Random(number)
    length = rng.uniform(210.0, 300.0)
    foot_type = rng.choice(list(TYPICAL))
    typical = TYPICAL[foot_type]
    index = rng.uniform(*typical.index_range)
    rearfoot = max(rearfoot_angle_deg(index) + rng.uniform(-1.0, 1.0), -8.0)
    said = {
        "subject.foot_length_mm": f"{length:.1f}",
        "subject.foot_type": f"'{foot_type}'",
        "subject.foot_posture_index": f"{index:.2f}",
        "subject.rearfoot_angle_deg": f"{rearfoot:.2f}",
        "subject.leg_length_difference_mm": f"{rng.uniform(-20.0, 20.0):.1f}",
    }
    for name in DIMENSIONS:
        _, low, high = _PER_LENGTH[name]
        if name == "arch_height_mm":
            low, high = max(low, typical.share_range[0]), min(high, typical.share_range[1])
        said[f"subject.{name}"] = f"{length * rng.uniform(low, high):.2f}"
    barefoot = rng.random() < 0.15
    for key in plain_keys():
        table, _, name = key.name.partition(".")
        limits = range_of(key)
        if table not in ("subject", "insole", "standing", "lumbar", "contact"):
            continue
        if key.name in said or (table == "insole" and barefoot):
            continue
        if name in ("both_feet", "arch_height_index"):
            continue
        # Of many parts at once some always contradict each other.
        if table == "insole" and name not in PLAIN_INSOLE and rng.random() < 0.7:
            continue
        if limits is None:
            said[key.name] = rng.choice([w for w in words_of(key) if w != "'none'" or "." in name])
        else:
            said[key.name] = f"{rng.uniform(limits.low, limits.high):.4g}"
    if barefoot:
        said["insole.material"] = "'none'"
    return said


def flags(said: dict[str, str]) -> list[str]:
    """The values of ``--set``."""
    return [f"{key}={value}" for key, value in said.items()]


def _tables(entry: str, rows: list[tuple[object, ...]]) -> str:
    return "[" + ", ".join("{" + entry.format(*row) + "}" for row in rows) + "]"

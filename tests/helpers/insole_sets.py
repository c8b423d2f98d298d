# SPDX-License-Identifier: MIT
"""Random sets of foot and insole parameters inside the ranges of the schema, meshed or refused."""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from meshes.foot_dimensions import _PER_LENGTH
from meshes.tagged import MeshQuality
from scenarios.catalogue import insole_materials
from scenarios.errors import ScenarioError
from scenarios.keys import Key, scenario_keys
from scenarios.loading import load_scenario
from scenarios.shapes import foot_shapes
from tests.helpers.any_input import DIMENSIONS, flags, plain_keys, range_of, words_of

SOLIDS = ("tpu_80a", "tpu_85a", "tpu_95a", "silicone_30a", "silicone_gel")
REGIONS = ("heel", "midfoot", "forefoot", "toes", "arch")
LEFT_OUT = ("insole.both_feet", "insole.material", "insole.infill.material")
NOT_THE_FOOTS_SHAPE = ("subject.side", "subject.sex")
FILES_AND_WEAR = ("insole.wear", "subject.scan")

RULES = {
    "foot: dimensions that do not go together": r"^subject",
    "thin: posts": r"post_deg: .* thin at its edge",
    "thin: cut-out": r"first_ray_cutout_mm: .* thin under the first metatarsal head",
    "thin: zone": r"zones\[\d\]\.thickness_mm: .* thin in this region",
    "layers: no core": r"left between cover and shell|layers\[\d\]\.thickness_mm: .* out of range",
    "layers: thickness": r"thickness_mm: [\d.]+ is out of range|add up to",
    "cup: deeper than the heel is round": r"heel_cup_depth_mm: .* deeper than the heel",
    "arch: higher than the navicular": r"arch_height_mm: .* higher than the foot's navicular",
    "arch: two materials": r"arch_stiffness_factor and a zone arch",
    "pad: beyond a three-quarter end": r"metatarsal_pad_behind_mm: the pad reaches beyond",
    "pad: too large": r"metatarsal_pad_(width|length)_mm: .* comes within",
    "plug: too small": r"heel_plug_diameter_mm: [\d.]+ is out of range",
    "plug: too wide": r"heel_plug_diameter_mm: .* too wide for a heel",
    "three-quarter: in front of its end": r"in front of a three-quarter insole",
    "three-quarter: edge": r"edge_thickness_mm: .* is more than the insole's",
    "zone: nothing left": r"nothing is left of the region",
}
"""Rules of docs/guide/insole.md and what a refusal by each says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one set.

    Attributes:
        number: of the set.
        rule: by which it was refused, empty where it was meshed.
        foot: quality of the foot's cells, None where it was refused.
        insole: quality of the insole's.
        seconds: of the processor that it took, without the cache.
    """

    number: int
    rule: str
    foot: MeshQuality | None
    insole: MeshQuality | None
    seconds: float


def random_set(number: int) -> dict[str, str]:
    """Settings of one set: keys at random, each value anywhere in its stated range.

    Odd sets draw a foot's dimensions from the ranges in mm, even ones from the shares of foot
    length that the mesher states. Layers are spread evenly over the logarithm of their range.
    """
    rng = random.Random(number)
    said: dict[str, str] = {}
    length = rng.uniform(*_limits("subject.foot_length_mm"))
    said["subject.foot_length_mm"] = repr(length)
    for key in plain_keys():
        table = key.name.partition(".")[0]
        if table not in ("subject", "insole") or key.name in (*said, *LEFT_OUT):
            continue
        if key.name.startswith(FILES_AND_WEAR) or key.name in NOT_THE_FOOTS_SHAPE:
            continue
        name = key.name.partition(".")[2]
        taken = rng.random() < (0.1 if table == "subject" else 0.2)
        value = _anywhere(key, rng)
        if table == "subject" and name in DIMENSIONS and number % 2 == 0:
            value = repr(length * rng.uniform(*_PER_LENGTH[name][1:]))
        if taken:
            said[key.name] = value
    materials = insole_materials()
    if rng.random() < 0.3:
        low, high = map(math.log, _limits("insole.layers[].thickness_mm"))
        layers = [math.exp(rng.uniform(low, high)) for _ in range(rng.randint(1, 3))]
        said["insole.layers"] = _tables(
            f"material='{rng.choice(materials)}', thickness_mm={one!r}" for one in layers
        )
        said["insole.thickness_mm"] = repr(sum(layers))
    zones = []
    for region in REGIONS:
        parts = [f"region='{region}'"]
        if rng.random() < 0.5 or region == "arch":
            parts.append(f"material='{rng.choice(materials)}'")
        if region != "arch" and (len(parts) == 1 or rng.random() < 0.5):
            parts.append(f"thickness_mm={rng.uniform(*_limits('insole.zones[].thickness_mm'))!r}")
        if rng.random() < 0.12:
            zones.append(", ".join(parts))
    if zones:
        said["insole.zones"] = _tables(zones)
    if "insole.heel_plug_diameter_mm" in said:
        said["insole.heel_plug_material"] = f"'{rng.choice(materials)}'"
    if "insole.infill.relative_density" in said:
        said["insole.infill.material"] = f"'{rng.choice(SOLIDS)}'"
    return said


def outcome(number: int) -> Outcome:
    """Mesh one set at coarse, or say which rule refuses it; a refusal by no rule is an error.

    Raises:
        AssertionError: it is refused for a reason that no rule states.
    """
    start = time.process_time()
    try:
        scenario = load_scenario("standing", settings=flags(random_set(number))).scenario
        foot, insole = foot_shapes(scenario, scenario.insole)
    except ScenarioError as error:
        return Outcome(number, rule_of(error), None, None, time.process_time() - start)
    assert insole is not None
    quality = foot.mesh.quality(), insole.mesh.quality()
    return Outcome(number, "", *quality, time.process_time() - start)


def rule_of(error: ScenarioError) -> str:
    """The rule by which an error refuses."""
    text = f"{error.key}: {error.problem}"
    for rule, pattern in RULES.items():
        if re.search(pattern, text):
            assert error.allowed, text
            return rule
    raise AssertionError(f"refused by no stated rule: {error}")


def refusals(outcomes: list[Outcome]) -> Counter[str]:
    """How many sets each rule refused."""
    return Counter(one.rule for one in outcomes if one.rule)


def _anywhere(key: Key, rng: random.Random) -> str:
    limits = range_of(key)
    if limits is None:
        return rng.choice(words_of(key))
    if limits.whole:
        return str(rng.randint(int(limits.low), int(limits.high)))
    return repr(rng.uniform(limits.low, limits.high))


def _limits(name: str) -> tuple[float, float]:
    found = range_of(next(key for key in scenario_keys() if key.name == name))
    assert found is not None
    return found.low, found.high


def _tables(rows: Iterable[str]) -> str:
    return "[" + ", ".join(f"{{{row}}}" for row in rows) + "]"

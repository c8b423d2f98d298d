# SPDX-License-Identifier: MIT
"""What holds foot and leg of a candidate that stands; see docs/theory/alignment.md."""

from __future__ import annotations

from dataclasses import replace

from scenarios.foot_loads import (
    FootLoads,
    mirrored_leg_nm_per_deg,
    standing_subtalar_nm_per_deg,
)
from scenarios.schema import Scenario
from simulator.chain import Limb


def stands_on_both(scenario: Scenario) -> bool:
    """Whether the other leg stands too."""
    return scenario.analysis == "standing" and scenario.standing.body_weight_share < 1.0


def stands_mirrored(scenario: Scenario) -> bool:
    """Whether the other leg stands too and wears the same, so that it is the mirror image."""
    return stands_on_both(scenario) and scenario.insole.both_feet


def held_in_standing(loads: FootLoads, scenario: Scenario, size: Limb) -> FootLoads:
    """Loads with the stiffness of joints and leg of a person who stands on both feet.

    A baseline is left as it is: its angles are held.

    Args:
        loads: As they are in walking.
        scenario: Of the run.
        size: Lengths of the leg.
    """
    if loads.calibration is None or not stands_on_both(scenario):
        return loads
    share = scenario.standing.body_weight_share
    passive = standing_subtalar_nm_per_deg(share)
    loads = replace(loads, subtalar_nm_per_deg=passive, levers=None)
    if not stands_mirrored(scenario):
        return loads
    legs = mirrored_leg_nm_per_deg(size.shank_mm / size.thigh_mm)
    return replace(loads, leg_nm_per_deg=legs)

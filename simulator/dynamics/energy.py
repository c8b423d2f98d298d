# SPDX-License-Identifier: MIT
"""Energy of a moving system, part by part: the check of its time integration."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from simulator.contact.plane import PlaneContact
from simulator.contact.records import ContactOutput
from simulator.dynamics.inertia import SegmentInertia
from simulator.dynamics.system import MovingSystem
from simulator.terms import Drives


@dataclass(frozen=True, slots=True)
class Energy:
    """Energies of one instant (N mm).

    Attributes:
        kinetic: Of tissue and segments.
        height: Of both in gravity.
        strain: Of the solids' laws, without what is viscous.
        connectors: Of joints, bands, bushings and drives, dampers left out.
        contact: Of the penalty, and of what holds an insole.
    """

    kinetic: float
    height: float
    strain: float
    connectors: float
    contact: float

    @property
    def total(self) -> float:
        """Their sum."""
        return float(sum(astuple(self)))


def energy(system: MovingSystem, drives: Drives, masses: SegmentInertia) -> Energy:
    """Energy of the present state of a system under drives that do not change; collective.

    Args:
        system: In motion.
        drives: What acts on the segments.
        masses: Of the segments.
    """
    e, motion = system.equilibrium, system.motion
    assert motion is not None
    state = e.connectors.evaluate(e.poses, drives.joints, drives.rotations, drives.translations)
    springs = 0.0
    if e.bushings is not None:
        springs = e.bushings.evaluate(e.poses, drives.bushings).energy_nmm
    inertia, contact = system.inertia, 0.0
    for term in e.contacts:
        surface: Any = term
        surface.evaluate(e.u, False)
        output = surface.output()
        here = _contact_nmm(output, surface.law.smoothing_mm)
        if isinstance(surface, PlaneContact):
            here += surface.tack_energy_nmm()
        contact += e.comm.allreduce(here)
    return Energy(
        kinetic=inertia.tissue_kinetic_nmm(motion.nodes.velocity)
        + masses.kinetic_nmm(e.poses, motion.segment_rates),
        height=inertia.tissue_potential_nmm() + masses.potential_nmm(e.poses),
        strain=sum(e.solid.energy_nmm(region) for region in sorted(e.solid.laws)),
        connectors=state.energy_nmm + springs,
        contact=contact,
    )


def _contact_nmm(output: ContactOutput, smoothing_mm: float) -> float:
    """Work stored by a penalty pressure that rises over ``smoothing_mm`` and then linearly."""
    # A point without a partner has no gap.
    closure = np.where(output.pressure_mpa > 0.0, -output.gap_mm, 0.0)
    closed = closure > 0.0
    early = np.minimum(closure, smoothing_mm)
    # Slope of the pressure once fully closed, from the pressure itself.
    share = early / max(smoothing_mm, 1e-12) * (closure - 0.5 * early)
    slope = np.where(closed, output.pressure_mpa / np.where(closed, share, 1.0), 0.0)
    late = np.maximum(closure - smoothing_mm, 0.0)
    density = early**3 / (6.0 * max(smoothing_mm, 1e-12)) + 0.5 * smoothing_mm * late + late**2 / 2
    return float(np.sum(output.area_reference_mm2 * slope * density))

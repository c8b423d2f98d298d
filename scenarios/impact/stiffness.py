# SPDX-License-Identifier: MIT
"""Springs and dampers of the chain above the foot, with where the numbers come from.

Muscles enter as an impedance about the planned motion: stiffness and damping of joints at the
level of activity of early stance. ``muscle_stiffness_factor`` and ``joint_damping_factor`` of the
scenario scale them; results should be judged at half and twice these defaults. Numbers called
engineering defaults have no one source; the rest is quoted in docs/theory/impact.md, "Chain above
the foot".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.foot_joints import BONE_CONTACT_N_PER_MM, FREE_NMM_PER_RAD
from scenarios.foot_loads import ANKLE_NM_PER_DEG, NMM_PER_DEG_TO_RAD, SUBTALAR_NM_PER_DEG
from simulator.dynamics.inertia import RigidMass
from simulator.spine.column import LumbarColumn
from simulator.spine.records import LevelResult

Array = NDArray[np.float64]

NM = 1e3
"""N mm in a N m."""


class ChainOptions(Protocol):
    """What a study may set of the chain; see ``ChainDefaults``."""

    @property
    def wobbling_masses(self) -> bool:
        """Whether soft tissue moves about its bone."""

    @property
    def muscle_stiffness_factor(self) -> float:
        """Factor on the stiffness of muscles about all joints."""

    @property
    def joint_damping_factor(self) -> float:
        """Factor on the damping of all joints and discs."""


@dataclass(frozen=True, slots=True)
class ChainDefaults:
    """The defaults of ``ChainOptions``."""

    wobbling_masses: bool = True
    muscle_stiffness_factor: float = 1.0
    joint_damping_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Impedance:
    """Rotational impedance of muscles about a joint's X, Y and Z axis.

    Attributes:
        stiffness_nm_per_rad: shape (3,).
        damping_nms_per_rad: shape (3,).
    """

    stiffness_nm_per_rad: tuple[float, float, float]
    damping_nms_per_rad: tuple[float, float, float]


KNEE = Impedance((600.0, 120.0, 170.0), (3.0, 1.0, 6.0))
"""Flexion about Z: 3 N m/deg, the lower end of the quasi-stiffness of weight acceptance (about 300
N m/rad, Shamaei 2013, from memory), damping ratio 0.4 with shank and foot (0.35 kg m2). About X
and Y ligaments and loaded condyles: 10 and 2 N m/deg (Markolf 1981, from memory)."""

HIP = Impedance((230.0, 60.0, 230.0), (8.0, 2.0, 8.0))
"""4 N m/deg in flexion and abduction, 1 in rotation as in ``scenarios.foot_loads``; damping ratio
about 0.3 with the leg (0.8 kg m2). Engineering default."""

LEVEL = Impedance((100.0, 60.0, 100.0), (2.0, 1.0, 2.0))
"""Muscles from vertebra to vertebra beside disc and ligaments: short-range stiffness 10 F / l of
300 N on 0.1 m and a lever of 57 mm (Bergmark 1989)."""

TRUNK = Impedance((300.0, 100.0, 300.0), (20.0, 10.0, 20.0))
"""Muscles from pelvis to thorax in upright standing: 300 N m/rad, damping ratio about 0.25 with the
trunk (5.6 kg m2 about L5-S1). Perturbed trunks give 300 to 1200, reflexes included (Hodges 2009,
Moorhouse & Granata 2007, from memory)."""

OTHER_HIP = Impedance((230.0, 60.0, 230.0), (0.0, 0.0, 0.0))
"""By which the other leg, on the ground, holds the pelvis: as `HIP`."""

TRUNK_HOLD_NM_PER_RAD = 100.0
"""By which the thorax is held upright in the world: less than weight topples it (about 90 N m/rad),
since posture is not controlled within 150 ms. Engineering default."""

JOINT_DAMPING_NMMS_PER_RAD = {"ankle": 1.5e3, "subtalar": 0.5e3}
"""Ankle 0.5 to 2 N m s/rad (Lee & Hogan 2015, from memory); subtalar engineering default."""
FOOT_DAMPING_S = 5e-3
"""Damping over stiffness of the joints within the foot (engineering default)."""

DISC_DAMPING_S = 1e-3
"""Damping over stiffness of discs: about 1000 N s/m on 1 MN/m. Discs at 5 to 30 Hz: 32 to 2094
N s/m (Izambert 2003); two levels in a row: 134 to 905 (Wilson, Alkalay & Myers 2013)."""

THORACIC_N_PER_MM = (60.0, 200.0, 60.0)
"""Thorax on L1, about six thoracic levels in a row: 1250 N/mm each in compression (White & Panjabi
1990); shear with the rib cage, engineering default."""
THORACIC_NM_PER_RAD = (30.0, 30.0, 30.0)
"""2.7 N m/deg a level (White & Panjabi 1990), a sixth of it, with the rib cage."""


@dataclass(frozen=True, slots=True)
class Wobble:
    """How soft tissue hangs on its bone, per mass.

    Attributes:
        stiffness_per_s2: stiffness over mass.
        damping_per_s: damping over mass.
    """

    stiffness_per_s2: float
    damping_per_s: float

    @property
    def frequency_hz(self) -> float:
        """Natural frequency on a bone at rest."""
        return float(np.sqrt(self.stiffness_per_s2) / (2.0 * np.pi))

    @property
    def damping_ratio(self) -> float:
        """Damping over critical damping."""
        return float(self.damping_per_s / (2.0 * np.sqrt(self.stiffness_per_s2)))

    def matrices(self, mass: RigidMass) -> tuple[Array, Array]:
        """Stiffness and damping (6, 6) of a mass, alike in all directions and rotations."""
        inertia = np.zeros((6, 6))
        inertia[:3, :3] = mass.mass_t * np.eye(3)
        inertia[3:, 3:] = mass.inertia_t_mm2
        return self.stiffness_per_s2 * inertia, self.damping_per_s * inertia


LEG_WOBBLE = Wobble((6e3 + 10e3) / 6.0, 650.0 / 6.0)
"""Springs k2 + k3 and damper c2 of the lower wobbling mass over that mass (Liu & Nigg 2000): 8.2
Hz, damping ratio 1.05."""
TRUNK_WOBBLE = Wobble((2.0 * np.pi * 5.5) ** 2, 1900.0 / 50.34)
"""Damper c4 of the upper wobbling mass over that mass (Liu & Nigg 2000); its springs (3.8 Hz) let
the standing body resonate at 3.5 Hz, 5.5 Hz at 4.5 Hz where 4 to 6 Hz is measured (Matsumoto &
Griffin 1998)."""


def rotational(impedance: Impedance, stiffness: float, damping: float) -> tuple[Array, Array]:
    """Stiffness and damping (6, 6) of muscles, rotations only.

    Args:
        impedance: of the joint.
        stiffness: factor on its stiffness.
        damping: factor on its damping.
    """
    k, c = np.zeros((6, 6)), np.zeros((6, 6))
    k[3:, 3:] = NM * stiffness * np.diag(impedance.stiffness_nm_per_rad)
    c[3:, 3:] = NM * damping * np.diag(impedance.damping_nms_per_rad)
    return k, c


def bone_joint(impedance: Impedance, options: ChainOptions) -> tuple[Array, Array]:
    """Stiffness and damping (6, 6) of knee or hip: bone on bone, and muscles."""
    k, c = rotational(impedance, options.muscle_stiffness_factor, options.joint_damping_factor)
    k[:3, :3] = BONE_CONTACT_N_PER_MM * np.eye(3)
    c[:3, :3] = options.joint_damping_factor * DISC_DAMPING_S * k[:3, :3]
    return k, c


def disc_joint(passive: Array, options: ChainOptions) -> tuple[Array, Array]:
    """Stiffness and damping (6, 6) of a lumbar level: disc with ligaments, and muscles.

    Args:
        passive: of the level in standing, slow, in the disc's axes, shape (6, 6).
        options: factors.
    """
    k, c = rotational(LEVEL, options.muscle_stiffness_factor, options.joint_damping_factor)
    even = 0.5 * (passive + passive.T)
    return k + even, c + options.joint_damping_factor * DISC_DAMPING_S * even


def thoracic_joint(options: ChainOptions) -> tuple[Array, Array]:
    """Stiffness and damping (6, 6) between L1 and the thorax."""
    k, c = rotational(LEVEL, options.muscle_stiffness_factor, options.joint_damping_factor)
    passive = diagonal(THORACIC_N_PER_MM, NM * np.array(THORACIC_NM_PER_RAD))
    return k + passive, c + options.joint_damping_factor * DISC_DAMPING_S * passive


def foot_joint_stiffness(options: ChainOptions) -> dict[str, float]:
    """Stiffness of muscles about ankle and subtalar joint, N mm/rad."""
    factor = options.muscle_stiffness_factor * NMM_PER_DEG_TO_RAD
    return {"ankle": factor * ANKLE_NM_PER_DEG, "subtalar": factor * SUBTALAR_NM_PER_DEG}


def foot_joint_damping(names: tuple[str, ...], options: ChainOptions) -> dict[str, float]:
    """Damping about the axes of the foot's joints, N mm s/rad, by name."""
    found = {}
    for name in names:
        key = "tarsometatarsal" if name.startswith("tarsometatarsal") else name
        plain = JOINT_DAMPING_NMMS_PER_RAD.get(key, FOOT_DAMPING_S * FREE_NMM_PER_RAD[key])
        found[name] = options.joint_damping_factor * plain
    return found


def diagonal(translation: ArrayLike, rotation: ArrayLike) -> Array:
    """A (6, 6) matrix of three stiffnesses of translation and three of rotation."""
    return np.diag(np.concatenate([np.asarray(translation), np.asarray(rotation)]))


def level_stiffness(column: LumbarColumn, standing: tuple[LevelResult, ...]) -> Array:
    """Slow passive stiffness of the five levels in standing; collective.

    Disc, ligaments and facets with the nucleus sealed, about the compressed state that weight
    and muscles leave: force and moment by translation and rotation of the upper vertebra, in the
    disc's axes, L5-S1 first.

    Args:
        column: discs and what joins them.
        standing: results of quiet standing.

    Returns:
        Shape (5, 6, 6), the same on every rank.
    """
    own = []
    for index, result in enumerate(standing):
        solver = column.solver(index)
        if solver is not None:
            solver.restore(result.state)
            own.append((index, solver.condensed_stiffness()))
    gathered = [pair for part in column.comm.allgather(own) for pair in part]
    return np.array([matrix for _, matrix in sorted(gathered, key=lambda pair: pair[0])])

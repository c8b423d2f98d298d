# SPDX-License-Identifier: MIT
"""Small systems in motion: tissue with rigid segments on it, or segments alone.

The helpers of a pendulum say what it does by Lagrange's equations, which no part of the product
knows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from simulator import compat
from simulator.bushings import Bushing, Bushings
from simulator.coarse_space import CoarseSpace
from simulator.connectors import Connectors, Joint, JointDrive, TranslationDrive
from simulator.contact import ContactLaw, ContactSurface, PlaneContact
from simulator.dynamics.alpha import Scheme
from simulator.dynamics.energy import Energy, energy
from simulator.dynamics.inertia import RigidMass, SegmentInertia, SegmentRates
from simulator.dynamics.mass import Inertia
from simulator.dynamics.system import MovingSystem
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import DistributedMesh, TaggedMeshLike, distribute
from simulator.newton import NewtonSettings
from simulator.reduction import Reduction
from simulator.rotations import exponential
from simulator.segments import Poses, Segments
from simulator.solid import Law, Series, Solid
from simulator.terms import Drives
from tests.helpers.contact_bodies import Tagged, box
from tests.helpers.segment_block import BANDS, JOINTS, SEGMENTS, SURFACES, NeoHooke

Array = NDArray[np.float64]
BOTTOM, TOP = 1, 100
WEIGHT_MM_S2 = np.array([0.0, -9806.65, 0.0])
NOTHING = np.zeros((6, 6))
PINNED_N_PER_MM = 1e6
"""So stiff that a pendulum of a newton swings as on a pin, to a millionth of its length."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A system and what a test looks at."""

    system: MovingSystem
    masses: SegmentInertia
    mesh: DistributedMesh

    @property
    def equilibrium(self) -> Equilibrium:
        return self.system.equilibrium

    def rigid_nodes(self, velocity: Array, spin: Array, centre: Array) -> Array:
        """Velocity of all local nodes, (3 m,), that move as one rigid body."""
        e = self.equilibrium
        place = e.reduction.coordinates + e.u.x.array.reshape(-1, 3)
        return (velocity + np.cross(spin, place - centre)).ravel()

    def start(self, velocity: ArrayLike, spin: ArrayLike, nodes: Array | None = None) -> None:
        """Set in motion by velocities of segments, (n, 3) each, and of nodes, as the first one."""
        count = len(self.equilibrium.poses.position_mm)
        v, w = (np.broadcast_to(np.asarray(a, float), (count, 3)) for a in (velocity, spin))
        if nodes is None:
            nodes = self.rigid_nodes(v[0], w[0], self.equilibrium.poses.position_mm[0])
        report = self.system.set_in_motion(0.0, nodes, SegmentRates(v.copy(), w.copy()))
        assert report.converged, report

    def run(
        self,
        dt_s: float,
        count: int,
        watch: Callable[[Moving], Any] = lambda _: None,
        start_s: float = 0.0,
    ) -> list[Any]:
        """Take steps; what is watched after each."""
        found = []
        for i in range(count):
            report = self.system.step(start_s + i * dt_s, start_s + (i + 1) * dt_s)
            assert report.converged, (i, report)
            self.equilibrium.commit()
            self.system.accept()
            found.append(watch(self))
        return found

    def energy(self) -> Energy:
        """All energies of the present state, of drives as they are at the start."""
        return energy(self.system, self.system.drives_at(0.0), self.masses)

    def momentum(self) -> tuple[Array, Array]:
        """Momentum (N s) and angular momentum about the origin (N mm s); on one rank."""
        e, motion = self.equilibrium, self.system.motion
        assert motion is not None
        linear, angular = self.masses.momentum(e.poses, motion.segment_rates)
        weighed = (mass_matrix(self) @ motion.nodes.velocity).reshape(-1, 3)
        place = e.reduction.coordinates + e.u.x.array.reshape(-1, 3)
        return linear + weighed.sum(axis=0), angular + np.cross(place, weighed).sum(axis=0)


def mass_matrix(moving: Moving) -> Any:
    """Consistent mass of all nodes (sparse, t), attached ones too; on one rank."""
    inertia = moving.system.inertia
    before, inertia._factor.value = inertia._factor.value.copy(), 1.0
    matrix = dolfinx.fem.assemble_matrix(inertia.tangent_form).to_scipy()
    inertia._factor.value = before
    return matrix


def assemble(
    mesh: TaggedMeshLike | None,
    segments: Segments,
    masses: Sequence[RigidMass],
    surfaces: Mapping[str, int],
    *,
    law: Law | None = None,
    density_t_mm3: float = 0.0,
    series: Mapping[int, Series] | None = None,
    bushings: Sequence[Bushing] = (),
    joints: Sequence[Joint] = (),
    bands: Sequence[Any] = (),
    joint_damping: Mapping[str, float] | None = None,
    gravity_mm_s2: ArrayLike = (0.0, 0.0, 0.0),
    floor_mm: float | None = None,
    contact: ContactLaw | None = None,
    drives_at: Callable[[float], Drives] = lambda _: Drives({}),
    rho: float = 1.0,
    tolerance_n: float = 1e-7,
    comm: MPI.Comm = MPI.COMM_SELF,
) -> Moving:
    """Put a system together: one region 1, a plane below its surface ``BOTTOM`` where asked."""
    domain = distribute(comm, mesh if comm.rank == 0 else None)
    u = dolfinx.fem.Function(compat.vector_space(domain.mesh, 2))
    solid = Solid(u, domain.cell_tags, {1: law or NeoHooke()}, series=series)
    reduction = Reduction(u.function_space, domain.facet_tags, segments, surfaces)
    equilibrium = Equilibrium(
        reduction, solid, Connectors(segments, tuple(joints), tuple(bands)), [],
        bushings=Bushings(segments, tuple(bushings)),
    )  # fmt: skip
    inertia = SegmentInertia(segments, masses, np.asarray(gravity_mm_s2, float))
    equilibrium.inertia = Inertia(u, domain.cell_tags, {1: density_t_mm3}, inertia)
    if floor_mm is not None:
        sole = ContactSurface(u.function_space, domain.facet_tags.find(BOTTOM))
        equilibrium.contacts = (
            PlaneContact(sole, (0, floor_mm, 0), (0, 1, 0), contact or ContactLaw(2.0)),
        )
    linear = LinearSolver("direct", CoarseSpace(reduction, domain.facet_tags, surfaces))
    settings = NewtonSettings(tolerance_n, max_iterations=25, lagged=0)
    system = MovingSystem(
        equilibrium, linear, Scheme.with_radius(rho), drives_at, joint_damping or {}, settings
    )
    return Moving(system, inertia, domain)


def segments_alone(
    places: Mapping[str, ArrayLike],
    masses: Sequence[RigidMass],
    bushings: Sequence[Bushing] = (),
    **options: Any,
) -> Moving:
    """Rigid segments; the first one carries a cube without mass, since a system needs a mesh."""
    segments = Segments(tuple(places), np.array([*places.values()], dtype=float))
    at = segments.reference_mm[0]
    cube = box((1, 1, 1), tuple(at - 1.0), tuple(at + 1.0), 1, TOP, TOP)
    return assemble(cube, segments, masses, {segments.names[0]: TOP}, bushings=bushings, **options)


def pin(
    proximal: str, distal: str, point_mm: ArrayLike, stiffness: float = PINNED_N_PER_MM
) -> Bushing:
    """A ball joint by a stiff spring, named ``pin`` and its distal segment."""
    point = np.asarray(point_mm, dtype=float)
    along = np.diag([stiffness] * 3 + [0.0] * 3)
    return Bushing(f"pin {distal}", proximal, distal, point, np.eye(3), along, NOTHING)


BAR_MM, BAR_T, BAR_T_MM2 = 300.0, 2e-3, 20.0
"""Length, mass and inertia about its centre of each bar of a pendulum; centre in the middle."""


def pendulum(
    bars: int, stiffness: float = PINNED_N_PER_MM, friction_nmms: float = 0.0, **options: Any
) -> Moving:
    """Bars that hang from a fixed pin at the origin, one below the other; dampers between them."""
    places = {f"bar {i}": np.array([0.0, -i * BAR_MM, 0.0]) for i in range(bars)}
    half = np.array([0.0, -0.5 * BAR_MM, 0.0])
    masses = [RigidMass(n, BAR_T, x + half, BAR_T_MM2 * np.eye(3)) for n, x in places.items()]
    names, damping = list(places), NOTHING.copy()
    damping[5, 5] = friction_nmms
    pins = [
        replace(pin(a, b, places[b], stiffness), damping=damping)
        for a, b in itertools.pairwise(names)
    ]
    hold = TranslationDrive(names[0], np.zeros(3), np.full(3, stiffness), np.zeros(3))
    drives = Drives({}, (), (hold,))
    return segments_alone(
        places, masses, pins,
        gravity_mm_s2=WEIGHT_MM_S2, drives_at=lambda _: drives, tolerance_n=1e-5, **options,
    )  # fmt: skip


def pendulum_accelerations(
    angles: Array, rates: Array, friction_nmms: float = 0.0
) -> NDArray[np.float64]:
    """Angular accelerations by Lagrange's equations, angles from straight down (rad)."""
    count = len(angles)
    arms = BAR_MM * np.tril(np.ones((count, count))) - 0.5 * BAR_MM * np.eye(count)
    coupled = BAR_T * arms.T @ arms + BAR_T_MM2 * np.eye(count)
    apart = angles[:, None] - angles
    between = np.diff(rates, prepend=rates[0]) * friction_nmms
    torque = np.append(between[1:], 0.0) - between
    weight = BAR_T * arms.sum(axis=0) * -WEIGHT_MM_S2[1] * np.sin(angles)
    right = torque - weight - (coupled * np.sin(apart)) @ rates**2
    return np.linalg.solve(coupled * np.cos(apart), right)


def pendulum_motion(
    angles: Array, rates: Array, accelerations: Array
) -> tuple[Array, Array, Array]:
    """Places, velocities and accelerations of all pins but the last, each (n, 3)."""
    along = BAR_MM * np.column_stack([np.sin(angles), -np.cos(angles), 0.0 * angles])
    across = BAR_MM * np.column_stack([np.cos(angles), np.sin(angles), 0.0 * angles])
    parts = (
        along,
        across * rates[:, None],
        across * accelerations[:, None] - along * rates[:, None] ** 2,
    )
    return tuple(np.vstack([np.zeros(3), np.cumsum(p, axis=0)[:-1]]) for p in parts)  # type: ignore[return-value]


def pendulum_path(angles: Array, rates: Array, times: Array) -> Array:
    """Angles and rates (rad, rad/s) at times after a start, (n, 2 bars)."""
    count = len(angles)

    def lower(_: float, state: Array) -> Array:
        return np.append(state[count:], pendulum_accelerations(state[:count], state[count:]))

    start = np.append(angles, rates)
    path = solve_ivp(lower, (0.0, times[-1]), start, "DOP853", times, rtol=1e-12, atol=1e-12)
    return np.asarray(path.y.T)


def about_z(values: Array) -> Array:
    """Vectors (n, 3) along z."""
    return np.outer(values, [0.0, 0.0, 1.0])


def place(moving: Moving, position_mm: Array, rotation: Array) -> None:
    """Put all segments somewhere, tissue with the first of them."""
    e = moving.equilibrium
    e.poses = Poses(np.array(position_mm, dtype=float), np.array(rotation, dtype=float))
    x, r = e.reduction.coordinates, e.poses.rotation[0]
    values = (x - moving.masses.segments.reference_mm[0]) @ r.T + e.poses.position_mm[0] - x
    e.reduction.displace(e.u, values[e.reduction.free].ravel(), e.poses)


def swing(moving: Moving, angles: ArrayLike, rates: ArrayLike, settled: bool = True) -> None:
    """Set a pendulum going; ``settled``: its pins carry from the start what they have to."""
    angles, rates = np.asarray(angles, float), np.asarray(rates, float)
    friction = [b.damping[5, 5] for b in moving.equilibrium.bushings.bushings][:1]
    turning = pendulum_accelerations(angles, rates, *friction)
    pins, velocity, acceleration = pendulum_motion(angles, rates, turning)
    place(moving, pins, exponential(about_z(angles)))
    spin = about_z(rates)
    if settled:
        nodes = moving.rigid_nodes(acceleration[0], about_z(turning)[0], pins[0])
        report = moving.system.settle(
            0.0, SegmentRates(velocity, spin), nodes, np.hstack([acceleration, about_z(turning)])
        )
        assert report.converged, report
    moving.start(velocity, spin)


def bar_angles(moving: Moving) -> Array:
    """Angles of the bars from straight down (rad), each within half a turn."""
    r = moving.equilibrium.poses.rotation
    return np.arctan2(r[:, 1, 0], r[:, 0, 0])


def segment_masses(off_centre: bool = True) -> tuple[RigidMass, ...]:
    """Of the three segments of ``tests.helpers.segment_block``, about their reference points."""
    shift = 3.0 if off_centre else 0.0
    turning = (np.diag([0.02, 0.03, 0.04]), np.diag([0.02, 0.03, 0.04]), np.diag([0.2, 0.1, 0.3]))
    return tuple(
        RigidMass(name, mass, place + shift * np.array([1.0, 0.5, -0.3]), inertia)
        for name, mass, place, inertia in zip(
            SEGMENTS.names, (2e-4, 3e-4, 5e-4), SEGMENTS.reference_mm, turning, strict=True
        )
    )


def coupling(damping_s: float, names: tuple[str, ...] = ("ca", "cb")) -> tuple[Bushing, ...]:
    """Bushings from the loose segment to the two on the block; damping in times of stiffness."""
    stiffness = np.diag([20.0, 30, 20, 3e3, 2e3, 4e3])
    stiffness[1, 5] = stiffness[5, 1] = -50.0
    places = {"ca": np.array([15.0, 50, 15]), "cb": np.array([25.0, 50, 15])}
    return tuple(
        Bushing(n, "c", n[1], places[n], np.eye(3), stiffness, damping_s * stiffness) for n in names
    )


def small_mesh() -> Tagged:
    """The block of ``tests.helpers.segment_block`` in 24 cells, its top in two surfaces."""
    mesh = box((2, 1, 2), (0.0, 0.0, 0.0), (40.0, 20.0, 30.0), 1, BOTTOM, TOP)
    tags = mesh.facet_tags.copy()
    right = mesh.points[mesh.facets].mean(axis=1)[:, 0] > 20.0
    tags[(tags == TOP) & right] = SURFACES["b"]
    return replace(mesh, facet_tags=tags)


def flying_block(*, damping_s: float = 0.0, off_centre: bool = True, **options: Any) -> Moving:
    """A soft block with two segments on it, a third one on bushings above."""
    bushings = coupling(damping_s)
    return assemble(
        small_mesh(), SEGMENTS, segment_masses(off_centre), SURFACES,
        density_t_mm3=1e-8, bushings=bushings, **options,
    )  # fmt: skip


def jointed_block(**options: Any) -> Moving:
    """The same with joint, bands, dampers and a rough floor: everything that a step can hold."""
    return flying_block(
        damping_s=5e-3,
        joints=JOINTS[:1],
        bands=BANDS,
        joint_damping={"j": 40.0},
        gravity_mm_s2=WEIGHT_MM_S2,
        floor_mm=-0.2,
        contact=ContactLaw(0.5, friction=0.4),
        drives_at=lambda t: Drives({"j": JointDrive(100.0 * np.cos(50.0 * t), 300.0, 0.2)}),
        **options,
    )


def tumble(moving: Moving, spin_rad_s: ArrayLike = (3.0, -5.0, 20.0)) -> None:
    """Set the whole of a block in motion as one rigid body."""
    spin, through = np.asarray(spin_rad_s, float), np.array([200.0, -300, -100])
    centre = np.array([20.0, 40, 15])
    arms = moving.equilibrium.poses.position_mm - centre
    moving.start(through + np.cross(spin, arms), spin, moving.rigid_nodes(through, spin, centre))

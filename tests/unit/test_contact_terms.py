# SPDX-License-Identifier: MIT
"""Contact terms: tangent, balance, objectivity, continuity, history, candidates."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.contact import ContactLaw, ContactSurface, PairContact, PlaneContact
from simulator.contact.search import FacetSearch, surface_at
from tests.helpers.contact_bodies import Array, grid_block, merge
from tests.helpers.contact_newton import Model, Term, neo_hookean
from tests.helpers.evidence import Evidence

LOWER, UPPER = 1, 2
BOTTOM, TOP, SOLE, LID = 1, 2, 3, 4
LAW = ContactLaw(penalty_mpa_per_mm=20.0, friction=0.5, slip_mm=0.2)


def _wavy(low: tuple[float, float, float], high: tuple[float, float, float]):
    a, b = np.array(low), np.array(high)

    def place(unit: Array) -> Array:
        points = a + unit * (b - a)
        points[:, 1] += 0.4 * np.cos(0.3 * points[:, 0]) * np.cos(0.2 * points[:, 2] + 0.3)
        return points

    return place


@pytest.fixture(scope="module")
def model() -> Model:
    lower = grid_block((4, 1, 4), _wavy((0, -5, 0), (10, 0, 10)), LOWER, BOTTOM, TOP)
    upper = grid_block((3, 1, 3), _wavy((1, -0.05, 1.3), (8.7, 5, 9)), UPPER, SOLE, LID)
    return neo_hookean(merge(lower, upper), {LOWER: (1.0, 0.3), UPPER: (0.2, 0.4)}, MPI.COMM_SELF)


def _moved(model: Model, shift: tuple[float, float, float], seed: int = 0) -> Array:
    """Random displacement plus a shift of the upper body."""
    space = model.space
    u = 0.03 * np.random.default_rng(seed).standard_normal(space.tabulate_dof_coordinates().shape)
    upper = np.unique(space.dofmap.list[model.domain.cell_tags.find(UPPER)])
    u[upper] += shift
    return u.ravel()


def _pair(model: Model, law: ContactLaw = LAW) -> PairContact:
    space = model.space
    return PairContact(
        ContactSurface(space, model.facets(SOLE)), ContactSurface(space, model.facets(TOP)), law
    )


def _plane(model: Model, law: ContactLaw = LAW) -> PlaneContact:
    surface = ContactSurface(model.space, model.facets(BOTTOM))
    return PlaneContact(surface, (0.0, -4.95, 0.0), (0.05, 1.0, 0.0), law, tack_mpa_per_mm=1e-3)


def _residual(term: Term, model: Model, u: Array) -> Array:
    model.u.x.array[:] = u
    increment = term.evaluate(model.u, False)
    total = np.zeros(u.size)
    np.add.at(total, increment.dofs.ravel(), increment.values.ravel())
    return total


def _tangent(term: Term, model: Model, u: Array) -> NDArray[np.float64]:
    model.u.x.array[:] = u
    total = np.zeros((u.size, u.size))
    for block in term.evaluate(model.u, True).tangent:
        rows, cols = block.rows[:, :, None], block.cols[:, None, :]
        np.add.at(total, (rows, cols), block.values)
    return total


def _freeze_normals(term: Term, model: Model, u: Array) -> None:
    """Keep the nodal normals of ``u``: the part that the tangent leaves out."""
    if isinstance(term, PairContact):
        model.u.x.array[:] = u
        normals = term._search.nodal_normals(term.master.positions(model.u))
        term._search.nodal_normals = lambda positions: normals


def _begin(term: Term, model: Model) -> None:
    model.u.x.array[:] = 0.0
    term.update_candidates(model.u)
    term.commit()


@pytest.mark.parametrize("kind", ["pair", "plane"])
@pytest.mark.parametrize(
    ("friction", "shift", "slips"),
    [
        (0.0, (0.02, -0.1, 0.0), None),
        (0.5, (0.01, -0.2, 0.005), False),
        (0.5, (0.6, -0.1, 0.25), True),
        (0.5, (0.0, 3.0, 0.0), None),
    ],
    ids=["frictionless", "stick", "slip", "open"],
)
def test_tangent_is_the_derivative(
    evidence: Evidence,
    request: pytest.FixtureRequest,
    model: Model,
    kind: str,
    friction: float,
    shift: tuple,
    slips: bool | None,
) -> None:
    law = ContactLaw(20.0, friction=friction, slip_mm=0.02 if slips else 0.2)
    term = _pair(model, law) if kind == "pair" else _plane(model, law)
    _begin(term, model)
    u = _moved(model, shift)
    if kind == "plane":
        u = _moved(model, (0.0, 0.0, 0.0)) + np.tile(shift, u.size // 3)
    _freeze_normals(term, model, u)
    tangent = _tangent(term, model, u)
    increment = term.evaluate(model.u, False)
    if shift[1] > 0.0:
        assert increment.active == 0
        assert not _residual(term, model, u).any() or kind == "plane"
    elif slips is True:
        # A point that has only just closed has not gone far enough.
        assert increment.active > 20
        assert increment.slipping >= 0.95 * increment.active
    elif slips is False:
        assert increment.slipping < 0.5 * increment.active
    for seed in range(2):
        d = np.random.default_rng(seed).standard_normal(u.size)
        h = 1e-6
        slope = (_residual(term, model, u + h * d) - _residual(term, model, u - h * d)) / (2 * h)
        error = np.abs(tangent @ d - slope).max() / (np.abs(slope).max() or 1.0)
        evidence.within(
            "contact", f"Tangent, {request.node.callspec.id}", f"error against differences, {seed}",
            error, high=1e-6,
        )  # fmt: skip


def test_pressure_fades_beyond_the_rim_and_the_tangent_knows(model: Model) -> None:
    law = ContactLaw(20.0, friction=0.5, slip_mm=0.03)
    term = _pair(model, law)
    _begin(term, model)
    u = _moved(model, (5.1, -0.3, 0.1))
    _freeze_normals(term, model, u)
    tangent = _tangent(term, model, u)
    rim = term._last.active.rim_slopes
    assert (np.abs(rim).max(axis=1) > 0.0).sum() > 3
    assert term.evaluate(model.u, False).missed > 3
    d = np.random.default_rng(0).standard_normal(u.size)
    h = 1e-6
    slope = (_residual(term, model, u + h * d) - _residual(term, model, u - h * d)) / (2 * h)
    assert np.allclose(tangent @ d, slope, atol=1e-6 * np.abs(slope).max())
    term._search.nodal_normals = FacetSearch.nodal_normals.__get__(term._search)
    forces = []
    for x in np.linspace(1.0, 11.0, 201):
        u = np.zeros((u.size // 3, 3))
        upper = np.unique(model.space.dofmap.list[model.domain.cell_tags.find(UPPER)])
        u[upper] = [x, -0.3, 0.0]
        _residual(term, model, u.ravel())
        forces.append(term.output().pressure_mpa @ term.slave.weights)
    assert forces[-1] == 0.0
    assert np.abs(np.diff(forces)).max() < 0.05 * max(forces)


def test_what_the_tangent_leaves_out_is_small(model: Model) -> None:
    term = _pair(model)
    _begin(term, model)
    u = _moved(model, (0.6, -0.1, 0.25))
    tangent = _tangent(term, model, u)
    d = np.random.default_rng(0).standard_normal(u.size)
    h = 1e-6
    slope = (_residual(term, model, u + h * d) - _residual(term, model, u - h * d)) / (2 * h)
    assert np.linalg.norm(tangent @ d - slope) < 0.1 * np.linalg.norm(slope)


@pytest.mark.parametrize("change", ["penalty", "friction"])
def test_tangent_depends_on_the_constants(model: Model, change: str) -> None:
    other = (
        ContactLaw(40.0, friction=0.5) if change == "penalty" else ContactLaw(20.0, friction=0.1)
    )
    found = []
    for law in (ContactLaw(20.0, friction=0.5), other):
        term = _pair(model, law)
        _begin(term, model)
        found.append(_tangent(term, model, _moved(model, (0.3, -0.1, 0.1))))
    assert np.abs(found[0] - found[1]).max() > 0.05 * np.abs(found[0]).max()


def test_nodal_forces_balance(evidence: Evidence, model: Model) -> None:
    term = _pair(model)
    _begin(term, model)
    u = _moved(model, (0.3, -0.1, 0.1))
    forces = -_residual(term, model, u).reshape(-1, 3)
    size = np.abs(forces).sum()
    assert size > 10.0
    evidence.within(
        "contact", "Nodal forces of a pair", "sum / sum of sizes",
        np.abs(forces.sum(axis=0)).max() / size, high=1e-12,
    )  # fmt: skip
    upper = np.unique(model.space.dofmap.list[model.domain.cell_tags.find(UPPER)])
    resultant = term.resultant(about=np.array([1.0, 2.0, 3.0]))
    assert np.allclose(forces[upper].sum(axis=0), resultant.force_n, atol=1e-12 * size)
    x = model.space.tabulate_dof_coordinates() + u.reshape(-1, 3)
    moment = np.cross(x - [1.0, 2.0, 3.0], forces)
    assert np.allclose(moment[upper].sum(axis=0), resultant.moment_nmm, atol=1e-10 * size)
    frictionless = _pair(model, ContactLaw(20.0))
    _begin(frictionless, model)
    moment = np.cross(x, -_residual(frictionless, model, u).reshape(-1, 3))
    assert np.abs(moment.sum(axis=0)).max() < 1e-11 * np.abs(moment).sum()


def test_tack_is_reported_apart(model: Model) -> None:
    term = _plane(model)
    _begin(term, model)
    u = np.tile([0.5, 0.0, 0.0], model.u.x.array.size // 3)
    forces = -_residual(term, model, u).reshape(-1, 3).sum(axis=0)
    tack, contact = term.tack_force().force_n, term.resultant().force_n
    assert np.allclose(tack, [-0.05, 0.0, 0.0], rtol=0.01)
    assert np.allclose(forces, tack + contact)


def test_only_what_faces_the_plane_is_tacked_but_all_of_it_touches(model: Model) -> None:
    facets = np.concatenate([model.facets(BOTTOM), model.facets(TOP)])
    law = ContactLaw(20.0)
    both = PlaneContact(
        ContactSurface(model.space, facets), (0.0, -4.95, 0.0), (0.05, 1.0, 0.0), law, 1e-3
    )
    below = PlaneContact(
        ContactSurface(model.space, model.facets(BOTTOM)),
        (0.0, -4.95, 0.0),
        (0.05, 1.0, 0.0),
        law,
        1e-3,
    )
    model.u.x.array[:] = np.tile([0.5, 0.0, 0.0], model.u.x.array.size // 3)
    for term in (both, below):
        _begin(term, model)
        model.u.x.array[:] = np.tile([0.5, 0.0, 0.0], model.u.x.array.size // 3)
        term.evaluate(model.u)
    assert np.allclose(both.tack_force().force_n, below.tack_force().force_n, rtol=1e-12)
    assert both.tack_energy_nmm() == pytest.approx(below.tack_energy_nmm(), rel=1e-12)
    model.u.x.array[:] = np.tile([0.0, -6.0, 0.0], model.u.x.array.size // 3)
    pressed = [term.evaluate(model.u).active for term in (both, below)]
    assert pressed[0] == both.slave.num_points > pressed[1] == below.slave.num_points


def test_rotating_everything_rotates_the_forces(evidence: Evidence, model: Model) -> None:
    axis = np.array([0.48, 0.6, 0.64])
    cross = np.cross(np.eye(3), axis)
    rotation = np.eye(3) + np.sin(0.9) * cross + (1.0 - np.cos(0.9)) * cross @ cross
    x = model.space.tabulate_dof_coordinates()
    found = []
    for turn in (np.eye(3), rotation):
        term = _pair(model)
        _begin(term, model)
        for shift, seed in (((0.05, -0.1, 0.0), 1), ((0.3, -0.15, 0.1), 2)):
            moved = x + _moved(model, shift, seed).reshape(-1, 3)
            turned = moved @ (turn if seed == 2 else np.eye(3)).T - x
            forces = _residual(term, model, turned.ravel()).reshape(-1, 3)
            term.commit()
        found.append(forces @ turn)
    evidence.within(
        "contact", "Turn of both bodies by 0.9 rad, with friction", "change of forces / force",
        np.abs(found[0] - found[1]).max() / np.abs(found[0]).max(), high=1e-10,
    )  # fmt: skip


def test_projection_is_continuous_across_facets(model: Model) -> None:
    surface = ContactSurface(model.space, model.facets(TOP))
    search = FacetSearch(surface.facets, surface.neighbours, radius_mm=3.0)
    normals = search.nodal_normals(surface.reference)
    way = np.linspace(0.0, 1.0, 2001)
    points = np.array([1.1, 0.6, 1.7]) + way[:, None] * np.array([7.3, 0.0, 6.9])
    down = np.tile([0.0, -1.0, 0.0], (way.size, 1))
    hits = search.locate(points, down, surface.reference, normals, None)
    assert (hits.facet >= 0).all()
    assert np.unique(hits.facet).size > 6
    on = surface.facets[hits.facet]
    place, _, normal, _ = surface_at(surface.reference[on], normals[on], hits.eta)
    assert np.allclose(place + hits.gap[:, None] * normal, points, atol=1e-11)
    step = np.linalg.norm(points[1] - points[0])
    assert np.abs(np.diff(hits.gap)).max() < 0.3 * step
    assert np.linalg.norm(np.diff(normal, axis=0), axis=1).max() < 0.3 * step
    points += np.array([0.02, 0.0, 0.01])
    warm = search.locate(points, down, surface.reference, normals, hits)
    cold = search.locate(points, down, surface.reference, normals, None)
    assert np.allclose(warm.gap, cold.gap, atol=1e-11)


def test_points_beyond_the_radius_are_missed(model: Model) -> None:
    term = PairContact(
        ContactSurface(model.space, model.facets(SOLE)),
        ContactSurface(model.space, model.facets(TOP)),
        LAW,
        search_radius_mm=1.0,
    )
    _begin(term, model)
    model.u.x.array[:] = _moved(model, (0.0, 2.0, 0.0))
    increment = term.evaluate(model.u, True)
    assert increment.missed == term.slave.num_points
    assert np.isnan(term.output().gap_mm).all()


def test_pattern_holds_the_tangent_and_asks_for_renewal(model: Model) -> None:
    term = _pair(model)
    model.u.x.array[:] = 0.0
    assert term.update_candidates(model.u)
    assert not term.update_candidates(model.u)
    term.commit()
    blocks = set()
    for row, col in zip(*term.pattern(), strict=True):
        blocks |= {(r, c) for r in row[::3] // 3 for c in col[::3] // 3}
    upper = set(np.unique(model.space.dofmap.list[model.domain.cell_tags.find(UPPER)]))
    model.u.x.array[:] = _moved(model, (0.5, -0.1, 0.3))
    increment = term.evaluate(model.u, True)
    assert increment.outside_pattern == 0
    for block in increment.tangent:
        for rows, cols, values in zip(block.rows, block.cols, block.values, strict=True):
            for i, j in np.argwhere(np.abs(values[::3, ::3]) > 0.0):
                row, col = rows[3 * i] // 3, cols[3 * j] // 3
                if (row in upper) != (col in upper):
                    assert (row, col) in blocks
    model.u.x.array[:] = _moved(model, (5.0, -0.1, 0.0))
    assert term.evaluate(model.u, False).outside_pattern > 0
    assert term.update_candidates(model.u)
    assert term.evaluate(model.u, False).outside_pattern == 0


@pytest.mark.parametrize("kind", ["pair", "plane"])
def test_history_comes_back(model: Model, kind: str) -> None:
    law = ContactLaw(20.0, friction=0.5, slip_mm=0.03)
    make = partial(_pair if kind == "pair" else _plane, law=law)
    term = make(model)
    _begin(term, model)
    way = [_moved(model, (0.1 * k, -0.1, 0.05 * k), k) for k in range(4)]
    _residual(term, model, way[1])
    term.commit()
    saved, record = term.state(), term.state_global()
    _residual(term, model, way[2])
    term.commit()
    expected = _residual(term, model, way[3])
    term.restore(saved)
    assert np.abs(_residual(term, model, way[3]) - expected).max() > 1e-3
    fresh = make(model)
    fresh.restore_global(record)
    model.u.x.array[:] = way[1]
    fresh.update_candidates(model.u)
    term.restore(saved)
    for again in (term, fresh):
        _residual(again, model, way[2])
        again.commit()
        assert np.allclose(_residual(again, model, way[3]), expected, atol=1e-9)


def test_record_of_another_surface_is_refused(model: Model) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        _pair(model).restore_global(_plane(model).state_global())


def test_commit_keeps_the_traction(model: Model) -> None:
    term = _pair(model)
    _begin(term, model)
    u = _moved(model, (0.2, -0.1, 0.1))
    before = _residual(term, model, u)
    term.commit()
    assert np.allclose(_residual(term, model, u), before, atol=1e-8 * np.abs(before).max())


def test_augmented_pressure_stands_at_zero_gap(model: Model) -> None:
    term = _pair(model, ContactLaw(20.0))
    _begin(term, model)
    u = _moved(model, (0.0, -0.1, 0.0))
    _residual(term, model, u)
    pressure = term.output().pressure_mpa
    overlap = np.maximum(-term.output().gap_mm, 0.0)
    assert term.augment() == pytest.approx(overlap.max())
    state = term.state()
    assert np.allclose(term.law.pressure(state.shift_mm)[0], pressure)


def test_surface_refuses_other_spaces(model: Model) -> None:
    from simulator.compat import vector_space

    space = vector_space(model.space.mesh, 1)
    with pytest.raises(ValueError, match="P2"):
        ContactSurface(space, model.facets(SOLE))
    with pytest.raises(ValueError, match="no facet"):
        ContactSurface(model.space, np.empty(0, dtype=np.int32))


def test_surface_normals_point_outward(model: Model) -> None:
    for tag, sign in ((SOLE, -1.0), (TOP, 1.0)):
        surface = ContactSurface(model.space, model.facets(tag))
        frame = surface.frame(surface.reference)
        assert (sign * frame.normal[:, 1] > 0.9).all()
        assert surface.weights.sum() == pytest.approx(surface.current_weights(frame).sum())

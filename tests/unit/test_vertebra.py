"""Parts of the stress analysis of a vertebra: mesh, transfer of forces, wrenches."""

from __future__ import annotations

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.hexahedra import hex_quality
from meshes.tags import Surface
from meshes.vertebra_solid import VertebraDimensions, build_vertebra
from simulator.rotations import exponential
from simulator.spine.vertebra_plates import Facets, transfer
from simulator.spine.vertebra_solid import volume_percentile
from simulator.spine.vertebra_wrench import Wrench, spread
from tests.helpers.lumbar import spine
from tests.helpers.vertebra import lumbar_vertebra, walking_result


@pytest.mark.parametrize("name", ["L5", "L4", "L3", "L2"])
def test_a_body_fills_the_gap_between_its_discs(name: str) -> None:
    solid = build_vertebra(spine(), name)
    quality = hex_quality(solid.points, solid.cells)
    assert quality.min_scaled_jacobian > 0.5
    for k, upper in ((0, False), (1, True)):
        plate = Facets.of(solid.points, solid.plate_facets(upper))
        disc = spine().levels[solid.below + k].disc
        assert plate.areas().sum() == pytest.approx(disc.dimensions.area_mm2, rel=0.02)
        nucleus = Facets.of(solid.points, solid.nucleus_facets(upper))
        assert nucleus.areas().sum() == pytest.approx(disc.dimensions.nucleus_area_mm2, rel=0.02)


def test_refining_keeps_the_geometry() -> None:
    one, two = (build_vertebra(spine(), "L4", refinement=k) for k in (1, 2))
    assert len(two.cells) == 8 * len(one.cells)
    volumes = [hex_quality(s.points, s.cells).volume_mm3 for s in (one, two)]
    assert volumes[0] == pytest.approx(volumes[1], rel=1e-9)
    assert len(two.shell_cells) == 8 * len(one.shell_cells)


def test_a_vertebra_without_two_discs_is_refused() -> None:
    with pytest.raises(MeshError, match="no two discs"):
        build_vertebra(spine(), "L1")
    with pytest.raises(MeshError, match="shell_mm"):
        build_vertebra(spine(), "L4", VertebraDimensions(shell_mm=5.0))


@pytest.mark.parametrize("refinement", [1, 2])
def test_transfer_conserves_force_and_moment(refinement: int) -> None:
    solid = build_vertebra(spine(), "L4", refinement=refinement)
    level = spine().levels[2]
    disc = Facets.of(level.disc.points, level.disc.lower_facets)
    axes = solid.frame.T @ level.frame
    disc = disc.moved(solid.frame.T @ (level.centre_mm - solid.centre_mm), axes)
    bone = Facets.of(solid.points, solid.plate_facets(True))
    forces = np.random.default_rng(3).normal(size=disc.points_mm.shape)
    carried = transfer(disc, bone) @ forces
    here, there = (
        Wrench.of_nodes(disc.points_mm, forces),
        Wrench.of_nodes(bone.points_mm, carried),
    )
    np.testing.assert_allclose(there.force, here.force, atol=1e-9)
    np.testing.assert_allclose(there.moment, here.moment, atol=1e-7)


def test_a_uniform_traction_stays_uniform() -> None:
    solid = build_vertebra(spine(), "L4")
    level = spine().levels[1]
    disc = Facets.of(level.disc.points, level.disc.upper_facets)
    axes = solid.frame.T @ level.frame
    disc = disc.moved(solid.frame.T @ (level.centre_mm - solid.centre_mm), axes)
    bone = Facets.of(solid.points, solid.plate_facets(False))
    carried = transfer(disc, bone) @ disc.areas()
    own = Facets.of(solid.points, solid.mesh.facets_with(Surface.ENDPLATE_LOWER))
    there = own.find_in(bone.points_mm)
    wanted = own.areas()
    assert np.linalg.norm(carried[there] - wanted) < 0.1 * np.linalg.norm(wanted)


def test_spread_forces_have_the_given_resultant() -> None:
    rng = np.random.default_rng(5)
    points, weights = rng.normal(size=(20, 3)), rng.uniform(0.5, 1.5, 20)
    wrench = Wrench(rng.normal(size=3), rng.normal(size=3))
    found = Wrench.of_nodes(points, spread(wrench, points, weights))
    np.testing.assert_allclose(found.force, wrench.force, atol=1e-12)
    np.testing.assert_allclose(found.moment, wrench.moment, atol=1e-12)


def test_wrenches_turn_with_their_frame() -> None:
    axes, origin = exponential(np.array([0.2, -0.4, 0.1])), np.array([3.0, -2.0, 5.0])
    point, force = np.array([1.0, 2.0, -1.0]), np.array([4.0, -5.0, 6.0])
    turned = Wrench.at(point, force).turned(axes, origin)
    wanted = Wrench.at(origin + axes @ point, axes @ force)
    np.testing.assert_allclose(turned.force, wanted.force)
    np.testing.assert_allclose(turned.moment, wanted.moment)


def test_percentiles_go_by_volume() -> None:
    values, volumes = np.array([1.0, 2.0, 3.0]), np.array([98.0, 1.0, 1.0])
    assert volume_percentile(values, volumes, 50.0) < 1.05
    assert volume_percentile(values, volumes, 99.5) == pytest.approx(3.0)


def test_mirrored_loads_give_mirrored_stress() -> None:
    vertebra = lumbar_vertebra()
    body = vertebra.body
    x = body.node_points
    mirror = np.array([1.0, 1.0, -1.0])
    twin = Facets(np.zeros((0, 4, 3)), x * mirror, np.zeros((0, 9), dtype=int)).find_in(x)
    forces = np.random.default_rng(1).normal(size=x.shape)
    forces = forces - spread(Wrench.of_nodes(x, forces), x, np.ones(len(x)))
    mises = [
        np.sort(body.values(body.solve(f)).von_mises_mpa.ravel())[::997]
        for f in (forces, (forces * mirror)[twin])
    ]
    np.testing.assert_allclose(mises[0], mises[1], rtol=1e-6)


def test_the_solved_compression_is_found_at_mid_height() -> None:
    result = walking_result(20.0)
    assert 900.0 < result.axial_force_n < 1150.0
    fields = lumbar_vertebra().fields(result)
    count = 8 * len(lumbar_vertebra().geometry.cells)
    assert len(fields.cells) == len(fields.von_mises_mpa) == count
    assert set(fields.region) == {0.0, 1.0, 2.0}

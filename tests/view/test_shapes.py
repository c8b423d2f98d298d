# SPDX-License-Identifier: MIT
"""Deformation apart from rigid motion, magnified, cut, and values at a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.view.colours import Limits, Paint, colour_map, limits_over_time, rounded
from scenarios.view.controls import Cut, Probe
from scenarios.view.names import field_of
from scenarios.view.probe import read_probe
from scenarios.view.reading import DEFORMATION, Drawn, Reader, rigid_motion, sampled
from scenarios.view.result import ViewResult, open_result
from scenarios.view.shapes import SHOWN, plane_of, section_shape, skin_shape
from tests.view.conftest import write_result

STRESS, CONTACT = field_of("cauchy_von_mises_mpa"), field_of("contact_pressure_mpa")


@pytest.fixture(scope="module")
def cube(cube_body, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    result = open_result(write_result(tmp_path_factory.mktemp("c") / "cube", {50.0: [cube_body]}))
    return Reader(result).bodies(result.instants[0])["insole"]


@pytest.fixture(scope="module")
def bodies(result: ViewResult) -> dict[str, Drawn]:
    return Reader(result).bodies(result.instants[1])


def test_a_rigid_motion_is_found_exactly() -> None:
    rng = np.random.default_rng(3)
    points = rng.normal(size=(20, 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    motion = rigid_motion(points, points @ turn.T + [5.0, -2.0, 1.0])
    np.testing.assert_allclose(motion, np.column_stack([turn, [5.0, -2.0, 1.0]]), atol=1e-12)
    # A mirrored body is fitted best by a mirror, which no body moves like.
    mirrored = rigid_motion(points, points * [1.0, 1.0, -1.0])
    assert np.linalg.det(mirrored[:, :3]) == pytest.approx(1.0)


def test_deformation_is_what_a_rigid_motion_leaves(cube: Drawn) -> None:
    # Stretched by a tenth: the upper nodes rise by half a millimetre, the lower ones sink.
    shift = np.asarray(cube.grid.point_data[DEFORMATION])
    np.testing.assert_allclose(np.abs(shift[:, 1]), 0.5, atol=1e-5)
    np.testing.assert_allclose(shift[:, [0, 2]], 0.0, atol=1e-5)


def height(mesh) -> float:
    return mesh.bounds[3] - mesh.bounds[2]


def test_scale_magnifies_deformation_alone(cube: Drawn) -> None:
    for scale, expected in ((0.0, 10.0), (1.0, 11.0), (3.0, 13.0), (1.0, 11.0)):
        mesh = skin_shape(cube, Paint(STRESS), scale, None)
        assert height(mesh) == pytest.approx(expected, abs=1e-4)
        np.testing.assert_allclose(mesh.center, cube.skin.center, atol=1e-4)


def test_bones_move_with_the_tissue_that_holds_them(bodies: dict[str, Drawn]) -> None:
    assert DEFORMATION in bodies["foot_bones"].grid.point_data
    assert DEFORMATION not in bodies["vertebrae"].grid.point_data
    # Pressed tissue, bones that go with the foot: their part of its rigid motion stays small.
    shift = np.asarray(bodies["foot_bones"].grid.point_data[DEFORMATION])
    assert np.abs(shift).max() < 2.0


def test_a_cut_takes_one_side_away(bodies: dict[str, Drawn]) -> None:
    tissue, bones = bodies["foot_tissue"], bodies["foot_bones"]
    for flipped in (False, True):
        plane = plane_of(Cut("z", 0.4, flipped), [tissue])
        border = plane.origin_mm[2]
        mesh = skin_shape(tissue, Paint(STRESS), 1.0, plane)
        low, high = mesh.bounds[4:]
        assert (low if flipped else high) == pytest.approx(border, abs=1e-3)
        whole_low, whole_high = tissue.skin.bounds[4:]
        assert (high if flipped else low) == pytest.approx(whole_high if flipped else whole_low)
        assert border == pytest.approx(whole_low + 0.4 * (whole_high - whole_low))
        face = section_shape(tissue, Paint(STRESS), 1.0, plane)
        assert SHOWN in face.point_data
        np.testing.assert_allclose(np.asarray(face.points)[:, 2], border, atol=1e-3)
        lid = section_shape(bones, Paint(STRESS), 1.0, plane)
        assert lid.n_cells > 0
        assert SHOWN not in lid.point_data


def test_values_are_shown_in_the_fields_unit(cube: Drawn) -> None:
    stress = skin_shape(cube, Paint(STRESS), 1.0, None)
    np.testing.assert_allclose(stress.point_data[SHOWN], 0.3, rtol=1e-6)
    contact = skin_shape(cube, Paint(CONTACT), 1.0, None)
    assert np.asarray(contact.point_data[SHOWN]).max() == pytest.approx(200.0)
    moved = skin_shape(cube, Paint(field_of("displacement_mm")), 1.0, None)
    expected = np.linalg.norm(np.asarray(moved.point_data["displacement_mm"]), axis=1)
    np.testing.assert_allclose(moved.point_data[SHOWN], expected, rtol=1e-5)
    parts = skin_shape(cube, Paint(field_of("region"), parts=("heel pad", "insole")), 1.0, None)
    assert set(np.asarray(parts.cell_data[SHOWN])) == {1.0}


def test_a_probe_reads_node_and_cell(cube: Drawn) -> None:
    reading = read_probe(cube, Probe("insole", (9.8, 10.3, 0.1)), 3.0)
    rows = dict(reading.rows)
    assert rows["body"] == "insole"
    assert rows["part"] == "insole"
    assert rows["von Mises stress"] == "0.3 MPa"
    assert rows["contact pressure"] == "200 kPa"
    # Node (10, 10, 0), stretched to 11 and turned by 30 degrees.
    expected = np.array([100.0 + 10.0 * np.cos(np.pi / 6), 61.0, -5.0])
    np.testing.assert_allclose(reading.place_mm, expected, atol=1e-4)
    np.testing.assert_allclose(reading.shown_mm, expected + np.array([0.0, 1.0, 0.0]), atol=1e-4)
    moved = np.linalg.norm(expected - [10.0, 10.0, 0.0])
    assert rows["displacement"] == f"{moved:.4g} mm"


def test_limits_hold_all_instants(result: ViewResult) -> None:
    reader = Reader(result)
    found = [
        max(
            float(np.max(b.grid.point_data["contact_pressure_mpa"]))
            for n, b in reader.bodies(i).items()
            if n == "foot_tissue"
        )
        for i in result.instants
    ]
    limits = limits_over_time([reader], CONTACT, ["foot_tissue"])
    assert limits.low == 0.0
    assert limits.high >= 1000.0 * max(found)
    assert limits.high <= 2000.0 * max(found)


def test_limits_are_round_and_hold_zero() -> None:
    assert rounded(0.0, 0.23) == Limits(0.0, 0.25)
    assert rounded(-0.001, 0.23) == Limits(0.0, 0.25)
    assert rounded(-0.02, 0.047) == Limits(-0.05, 0.05)
    assert rounded(-7.1, 0.1) == Limits(-8.0, 0.0)
    assert rounded(0.0, 0.0) == Limits(0.0, 1.0)
    assert rounded(float("nan"), 1.0) == Limits(0.0, 1.0)


def test_colours_follow_the_sign() -> None:
    def lightness(limits: Limits, share: float) -> float:
        return float(np.mean(colour_map(limits)(share)[:3]))

    assert lightness(Limits(0, 1), 0.0) > lightness(Limits(0, 1), 1.0)
    assert lightness(Limits(-1, 0), 1.0) > lightness(Limits(-1, 0), 0.0)
    both = Limits(-1, 1)
    assert lightness(both, 0.5) > max(lightness(both, 0.0), lightness(both, 1.0))


def test_the_last_instants_are_kept_as_memory_allows(result: ViewResult) -> None:
    reader = Reader(result, kept=1)
    first = reader.bodies(result.instants[0])
    assert reader.bodies(result.instants[0]) is first
    reader.bodies(result.instants[1])
    assert len(reader) == 1
    assert reader.bodies(result.instants[0]) is not first
    roomy = Reader(result)
    for instant in result.instants:
        roomy.bodies(instant)
    assert len(roomy) == len(result.instants)


def test_samples_are_even(result: ViewResult) -> None:
    assert sampled(range(3), 5) == [0, 1, 2]
    assert sampled(range(21), 5) == [0, 5, 10, 15, 20]


def test_files_are_left_as_they_are(walk: Path, bodies: dict[str, Drawn]) -> None:
    assert not list(walk.rglob("*.part*"))

"""The measured L4-L5 disc of one subject: reading it, and the procedural disc beside it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from meshes.disc_files import read_disc
from meshes.errors import MeshError
from simulator.spine.disc import DiscSolver
from tests.helpers.lumbar import DISC_AREA_MM2, annulus_law, disc_solver, press, turned_deg

CASE = "Measured disc L4-L5"
SUBJECT = "Visible Human male, artisynth_lumbosacralSpineModel"


@pytest.fixture(scope="module")
def disc(data_dir):
    return read_disc(data_dir / "spine")


def test_disc_is_read_in_its_own_frame(disc, evidence):
    assert disc.cells.shape == (960, 8)
    evidence.within(
        "discs",
        CASE,
        "area, mean of both endplates",
        disc.area_mm2,
        low=0.93 * DISC_AREA_MM2,
        high=1.07 * DISC_AREA_MM2,
        unit="mm2",
        source=f"{SUBJECT}: hull of all nodes 1706, bulge included",
    )
    evidence.within(
        "discs",
        CASE,
        "nucleus, part of the area",
        disc.nucleus_area_mm2 / disc.area_mm2,
        low=0.43,
        high=0.53,
        source="855 of 1706 mm2 and 30 to 50 % of the section",
    )
    evidence.within("discs", CASE, "height", disc.height_mm, low=8.0, high=14.0, unit="mm")
    angle = np.degrees(np.arcsin(np.abs(disc.fibres[..., 1])))
    evidence.within("discs", CASE, "fibre angle, mean", angle.mean(), low=25.0, high=40.0)
    corner = disc.points[disc.cells]
    edges = np.stack([corner[:, k] - corner[:, 0] for k in (1, 2, 4)], axis=1)
    assert np.linalg.det(edges).min() > 0.0
    np.testing.assert_allclose(np.linalg.norm(disc.fibres, axis=-1), 1.0)
    assert len(disc.lower_facets) == len(disc.upper_facets) == 160
    assert len(disc.cavity_facets) == 240
    places = disc.points[disc.upper_facets].mean(axis=(0, 1)), disc.points[disc.lower_facets]
    assert places[0][1] > 3.0 > -3.0 > places[1].mean(axis=(0, 1))[1]
    centre = disc.points[disc.cells].mean(axis=1)
    inner = np.linalg.norm(centre[disc.ring_position < 0.2][:, [0, 2]], axis=1).mean()
    outer = np.linalg.norm(centre[disc.ring_position > 0.8][:, [0, 2]], axis=1).mean()
    assert inner < outer


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("L45_AN_R2.node", None, "L45_AN_R2.node: is missing"),
        ("L45_AN_R1A.fiber", None, "L45_AN_R1A.fiber: is missing"),
        ("L45_AN_R1.node", "one two three\n", "L45_AN_R1.node: is not a table of numbers"),
        ("L45_AN_R1.node", "1 0.1\n", "L45_AN_R1.node: has too few columns"),
        ("L45_AN_R1.node", "1 12.0 3.0 45.0\n", "coordinates in m"),
        ("L45_NP.elem", "1 2 4 3 5 6 8 99999\n", "names node 99999"),
        ("L45_AN_R1I.fiber", "ply\n", "L45_AN_R1I.fiber: is not a list of fibres"),
        ("L45_AN_R1I.fiber", "3\n1 2\n", "L45_AN_R1I.fiber: does not hold 3 fibres"),
    ],
)
def test_wrong_files_are_refused_by_name(data_dir, tmp_path, file, text, message):
    folder = tmp_path / "spine"
    shutil.copytree(data_dir / "spine", folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    (folder / file).unlink()
    if text is not None:
        (folder / file).write_text(text)
    with pytest.raises(MeshError, match=message):
        read_disc(folder)


@pytest.mark.validation
def test_measured_disc_in_compression_beside_the_procedural_one(disc, evidence):
    measured, made = DiscSolver(disc, annulus_law()), disc_solver()
    forces = np.array([0.0, 300.0, 560.0, 1000.0])
    pressures = {
        "measured disc": np.array([press(measured, force).pressure_mpa for force in forces]),
        "procedural disc": np.array([press(made, force).pressure_mpa for force in forces]),
    }
    at = dict(zip(forces, pressures["measured disc"], strict=True))
    for force, low, high in ((300.0, 0.25, 0.3), (560.0, 0.45, 0.55), (1000.0, 0.75, 0.95)):
        evidence.within(
            "discs",
            CASE,
            f"pressure at {force:g} N",
            at[force],
            low=low,
            high=high,
            unit="MPa",
            source="Brinckmann & Grootenboer 1991; Dreischarf 2014, 2016",
        )
    evidence.within(
        "discs",
        CASE,
        "c = F / (A p) at 560 N",
        560.0 / (disc.area_mm2 * at[560.0]),
        low=0.55,
        high=0.77,
        source="Dreischarf 2016",
    )
    stiffness = 1.0 / np.linalg.inv(measured.condensed_stiffness()[:3, :3])[1, 1]
    evidence.within(
        "discs",
        CASE,
        "axial stiffness at 1000 N",
        stiffness,
        low=500.0,
        high=1500.0,
        unit="N/mm",
        source="Berkson 1979; White & Panjabi 1990",
    )
    evidence.curve(
        "discs",
        "Measured and procedural disc L4-L5",
        "compression, N",
        "pressure, MPa",
        {name: (forces, values) for name, values in pressures.items()},
    )


@pytest.mark.validation
def test_measured_disc_turns_like_the_procedural_one(disc, evidence):
    """Without ligaments and facets, 500 N and 5 Nm."""
    measured, made = DiscSolver(disc, annulus_law()), disc_solver()
    for motion in ("flexion", "lateral bending", "axial rotation"):
        ratio = turned_deg(measured, motion, 5.0, 500.0) / turned_deg(made, motion, 5.0, 500.0)
        evidence.within(
            "discs",
            CASE,
            f"{motion} over that of the procedural disc, 5 Nm",
            ratio[0],
            low=0.7,
            high=1.6,
            source="2 mm higher, fibres 4 degrees steeper",
        )

# SPDX-License-Identifier: MIT
"""Pictures and films: what is in them, and that each control changes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.view.controls import Controls, Cut, Probe, chosen_position
from scenarios.view.film import (
    check_film,
    check_picture,
    even,
    frames_per_second,
    save_film,
    save_picture,
)
from scenarios.view.result import ViewResult, chosen_field, open_result
from scenarios.view.scene import Scene
from tests.view.conftest import PERCENTS, write_result

SIZE = (480, 320)


@pytest.fixture(scope="module")
def scene(result: ViewResult) -> Iterator[Scene]:
    made = Scene([result], SIZE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(result: ViewResult) -> Iterator[Scene]:
    made = Scene([result, result], SIZE)
    yield made
    made.close()


@pytest.fixture
def controls(result: ViewResult) -> Controls:
    return Controls(chosen_field(result, "contact_pressure_mpa"), 50.0)


def drawn(scene: Scene, controls: Controls) -> np.ndarray:
    scene.show(controls)
    return scene.image().astype(int)


def differ(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the pixels that are others."""
    return float(np.mean(np.abs(one - other).max(axis=2) > 8))


def redness(image: np.ndarray) -> int:
    """Pixels of pressed tissue: the colour map's orange to purple."""
    return int(np.sum((image[:, :, 0] - image[:, :, 2]) > 60))


def test_pressure_is_seen_from_below(scene: Scene, controls: Controls) -> None:
    bare = replace(controls, hidden=frozenset(set(scene.bodies) - {"foot_tissue"}))
    scene.show(bare)
    scene.look("foot", "sole")
    # Most of the sole is pressed at half stance, and the foot fills the picture's width.
    below = drawn(scene, bare)
    assert redness(below) > 3000
    scene.look("foot", "top")
    assert redness(drawn(scene, bare)) < 0.1 * redness(below)


def test_each_control_changes_the_picture(scene: Scene, controls: Controls) -> None:
    scene.show(controls)
    scene.look("foot", "oblique")
    first = drawn(scene, controls)
    assert differ(first, drawn(scene, controls)) == 0.0
    field = chosen_field(scene.results[0], "region")
    for change in (
        {"position": 90.0},
        {"field": field},
        {"hidden": frozenset({"foot_tissue"})},
        {"faint": frozenset({"foot_tissue"})},
        {"cut": Cut("z")},
        {"scale": 4.0},
        {"limits": (0.0, 20.0)},
        {"probe": Probe("foot_bones", (140.0, 26.0, 16.0))},
    ):
        changed = drawn(scene, replace(controls, **change))
        assert differ(first, changed) > 5e-5, change
    assert differ(first, drawn(scene, controls)) == 0.0


def test_a_hidden_body_shows_what_is_behind(scene: Scene, controls: Controls) -> None:
    scene.show(controls)
    scene.look("foot", "sole")
    with_insole = drawn(scene, controls)
    without = drawn(scene, replace(controls, hidden=frozenset({"insole"})))
    assert redness(without) > redness(with_insole) + 1000


def test_two_results_share_camera_time_and_colours(pair: Scene, controls: Controls) -> None:
    pair.show(controls)
    pair.look("foot", "oblique")
    image = drawn(pair, controls)
    half = SIZE[0] // 2
    # Words stand in the same places too; the frame between the panes is left out.
    assert differ(image[4:-4, 4 : half - 4], image[4:-4, half + 4 : 2 * half - 4]) < 0.002
    pair.plotter.camera.azimuth += 40.0
    turned = drawn(pair, controls)
    assert differ(image, turned) > 0.05
    assert differ(turned[4:-4, 4 : half - 4], turned[4:-4, half + 4 : 2 * half - 4]) < 0.002


def test_colours_of_two_results_have_one_scale(
    tmp_path: Path, result: ViewResult, cube_body
) -> None:
    cube_body.point_data["contact_pressure_mpa"] *= 20.0
    strong = open_result(write_result(tmp_path / "strong", {50.0: [cube_body]}))
    field = chosen_field(result, "contact_pressure_mpa")
    both = Scene([result, strong], SIZE)
    try:
        assert both.limits(Controls(field, 50.0)).high == 4000.0
        assert chosen_position([result, strong], "50") == 50.0
        both.show(Controls(field, 50.0))
        assert both.image().shape == (SIZE[1], SIZE[0], 3)
    finally:
        both.close()
        cube_body.point_data["contact_pressure_mpa"] /= 20.0


def test_a_pixel_is_the_body_that_is_seen_there(pair: Scene, controls: Controls) -> None:
    alone = replace(controls, hidden=frozenset(set(pair.bodies) - {"insole"}))
    pair.show(alone)
    pair.look("foot", "top")
    pair.image()
    for x in (SIZE[0] * 0.25, SIZE[0] * 0.75):
        probe = pair.pick(x, SIZE[1] * 0.5, alone)
        assert probe is not None
        assert probe.body == "insole"
        # The middle of the picture is the middle of the insole, in length and width.
        assert probe.reference_mm[0] == pytest.approx(127.5, abs=8.0)
        readings = pair.readings(replace(alone, probe=probe))
        assert readings[0] == readings[1]
        assert "von Mises stress" in dict(readings[0].rows)
    assert pair.pick(2.0, 2.0, alone) is None


def test_a_probe_of_a_hidden_body_reads_nothing(scene: Scene, controls: Controls) -> None:
    probed = replace(
        controls, probe=Probe("insole", (100.0, 0.0, 0.0)), hidden=frozenset({"insole"})
    )
    scene.show(probed)
    assert scene.readings(probed) == [None]


def test_a_picture_is_written_whole(scene: Scene, controls: Controls, tmp_path: Path) -> None:
    scene.show(controls)
    path = save_picture(scene, tmp_path / "a.png")
    assert iio.imread(path).shape == (SIZE[1], SIZE[0], 3)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
    with pytest.raises(ScenarioError, match="cannot be written"):
        save_picture(scene, tmp_path / "none" / "a.png")


def test_a_fine_picture_has_the_same_size_and_place(
    result: ViewResult, scene: Scene, controls: Controls
) -> None:
    fine = Scene([result], SIZE, fine=True)
    try:
        for each in (scene, fine):
            each.show(controls)
            each.look("foot", "oblique")
        smooth, plain = fine.image().astype(int), scene.image().astype(int)
    finally:
        fine.close()
    assert smooth.shape == plain.shape
    # Squares of eight pixels: edges are smoother, nothing is elsewhere.
    coarse = [p.reshape(40, 8, 60, 8, 3).mean(axis=(1, 3)) for p in (smooth, plain)]
    assert np.mean(np.abs(coarse[0] - coarse[1])) < 2.0


@pytest.mark.parametrize("ending", ["mp4", "gif"])
def test_a_film_has_a_frame_for_each_instant(
    scene: Scene, controls: Controls, tmp_path: Path, ending: str
) -> None:
    scene.show(controls)
    scene.look("foot", "oblique")
    seen: list[tuple[int, int]] = []
    path = save_film(scene, controls, tmp_path / f"a.{ending}", lambda *at: seen.append(at))
    frames = iio.imread(path)
    assert frames.shape[0] == len(PERCENTS)
    assert frames.shape[1:3] == (SIZE[1], SIZE[0])
    assert differ(frames[0].astype(int), frames[-1].astype(int)) > 0.02
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [p.name for p in tmp_path.iterdir()] == [f"a.{ending}"]


def test_what_cannot_be_written_is_said_before(
    tmp_path: Path, result: ViewResult, cube_body
) -> None:
    with pytest.raises(ScenarioError, match=r"FILE\.png"):
        check_picture(tmp_path / "a.jpg")
    with pytest.raises(ScenarioError, match="no folder"):
        check_picture(tmp_path / "none" / "a.png")
    with pytest.raises(ScenarioError, match=r"FILE\.mp4 or FILE\.gif"):
        check_film(tmp_path / "a.avi", [result])
    still = open_result(write_result(tmp_path / "still", {50.0: [cube_body]}, "standing"))
    with pytest.raises(ScenarioError, match="one instant only"):
        check_film(tmp_path / "a.mp4", [still])


def test_frames() -> None:
    assert frames_per_second(3) == 1.0
    assert frames_per_second(20) == 5.0
    assert frames_per_second(200) == 10.0
    assert even(np.zeros((5, 7, 3), dtype=np.uint8)).shape == (4, 6, 3)

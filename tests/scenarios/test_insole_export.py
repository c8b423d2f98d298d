# SPDX-License-Identifier: MIT
"""The command ``insole export``: files, drawing at 1:1, and what is refused."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread

from scenarios.cli import main
from scenarios.cli.insole import export
from scenarios.cli.parser import Arguments, build_parser
from scenarios.figures.insole_drawing import PAGES, drawing
from scenarios.figures.insole_sheet import breadths, heel_section, long_section, named_points
from scenarios.figures.insole_thickness import contour_step_mm
from scenarios.insole_export import ExportedInsole, body_rows
from scenarios.loading import load_scenario, scenario_data
from scenarios.toml_text import toml_text
from tests.helpers.export_files import MOULDED, exported, read_stl

COARSE = ("--size-mm", "6")


@pytest.fixture(scope="module")
def moulded() -> ExportedInsole:
    return exported(4.0, side="left", **MOULDED)


def test_export_writes_file_map_and_drawing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made.3MF"
    flags = ("--set", "insole.heel_plug_diameter_mm=30", "--set", "insole.wear.hours=100")
    assert main(["insole", "export", "standing", "-o", str(out), *COARSE, *flags]) == 0
    printed = capsys.readouterr().out
    names = {"made.3MF", "made_thickness.png", "made_drawing.pdf"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert all(name in printed for name in names)
    assert "insole of the right foot, 262.5 x 100.4 x 6.0 mm" in printed
    assert re.search(r"heel plug +poron_soft +4\.\d", printed)
    assert "exported as new, not worn 100 h" in printed
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("3D/3dmodel.model"))
    assert root.get("unit") == "millimeter"
    objects = [one.get("name") for one in root.iter() if one.tag.endswith("}object")]
    assert objects == ["core, eva_35", "heel plug, poron_soft", "standing"]
    assert imread(tmp_path / "made_thickness.png").shape[1] > 1000

    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(["insole", "export", "standing", "-o", str(out), *COARSE, *flags]) == 2
    assert "made.3MF exists; allowed: another name, or --overwrite" in capsys.readouterr().err
    again = ("--overwrite", *COARSE, *flags)
    assert main(["insole", "export", "standing", "-o", str(out), *again]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_pipe_that_is_closed_costs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    command = ["insole", "export", "standing", "-o", str(tmp_path / "made.stl"), *COARSE]
    arguments = build_parser().parse_args(command, namespace=Arguments(argv=command))
    monkeypatch.setattr("builtins.print", closed)
    with pytest.raises(BrokenPipeError):
        export(arguments)
    names = {"made.stl", "made_thickness.png", "made_drawing.pdf"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_result_folder_gives_the_insole_that_was_run(tmp_path: Path) -> None:
    folder = tmp_path / "lifted"
    folder.mkdir()
    scenario = load_scenario("standing", settings=["insole.heel_lift_mm=8"]).scenario
    (folder / "scenario.toml").write_text(toml_text(scenario_data(scenario)), encoding="utf-8")
    out = tmp_path / "lifted.stl"
    assert main(["insole", "export", str(folder), "-o", str(out), *COARSE]) == 0
    points = read_stl(out).points
    assert points[:, 2].max() == pytest.approx(14.0, abs=1e-3)
    assert points[:, 2].min() == 0.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["standing"], "-o/--output is missing"),
        (["standing", "-o", "made.obj"], "allowed: a file FILE.stl or a file FILE.3mf"),
        (["standing", "-o", "there/made.stl"], "no such folder: there"),
        (["standing", "-o", "folder.stl"], "folder.stl is a folder"),
        (["standing", "-o", "taken.stl"], "taken_drawing.pdf exists"),
        (["standing", "-o", "made.stl", "--size-mm", "0.1"], "--size-mm: got '0.1'; allowed: 0.5"),
        (["standing", "-o", "made.stl", "--size-mm", "thin"], "--size-mm: got 'thin'"),
        (["standin", "-o", "made.stl"], "did you mean standing?"),
        (
            ["standing", "-o", "made.stl", "--set", "insole.material=none"],
            "insole.material: barefoot: there is no insole to export",
        ),
        (
            [
                *("standing", "-o", "made.stl", "--set", "insole.rearfoot_post_deg=12"),
                *("--set", "insole.thickness_mm=2"),
            ],
            "insole.rearfoot_post_deg: the insole would be",
        ),
    ],
)
def test_wrong_input_names_what_is_wrong_and_writes_nothing(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.stl").mkdir()
    (tmp_path / "taken_drawing.pdf").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert main(["insole", "export", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_drawing_is_at_one_to_one_on_the_page_it_names(moulded: ExportedInsole) -> None:
    figure = drawing(moulded)
    (axes,) = figure.axes
    inches = figure.get_size_inches()
    assert tuple(25.4 * inches) == pytest.approx(PAGES["A4"])
    start, end = axes.transData.transform([(0.0, 0.0), (100.0, 100.0)])
    assert (end - start) / figure.dpi * 25.4 == pytest.approx([100.0, 100.0])
    texts = [text.get_text() for text in axes.texts]
    outline = moulded.geometry.outline_xz
    ball = breadths(moulded)[1]
    for wanted in (
        f"{np.ptp(outline[:, 0]):.1f}",
        f"{ball.high - ball.low:.1f}",
        "made",
        "1:1 on A4, mm",
        "cover, poron_soft, 2 mm",
        "heel plug, silicone_gel",
        "A-A, long axis",
        "B-B, heel",
        "shell, polypropylene, 1.5 mm",
    ):
        assert wanted in texts
    assert any(text.startswith("insole of the left foot") for text in texts)
    longest = exported(6.0, thickness_mm=20.0, heel_lift_mm=20.0)
    assert tuple(25.4 * drawing(longest).get_size_inches()) == pytest.approx(PAGES["A3"])


def test_drawing_tells_what_the_shape_is(moulded: ExportedInsole) -> None:
    points = {point.name: point for point in named_points(moulded)}
    assert points["heel centre"].thickness_mm == pytest.approx(7.5, abs=0.3)
    # A left foot seen from above with its toes to the right has its arch below.
    assert points["arch, medial"].xy[1] < 0.0 < points["fifth metatarsal head"].xy[1]
    heel, ball = breadths(moulded)
    assert (heel.name, ball.name) == ("heel", "ball")
    assert 65.0 < heel.high - heel.low < 80.0 < ball.high - ball.low < 110.0
    along, across = long_section(moulded), heel_section(moulded)
    assert along.size[0] == pytest.approx(np.ptp(moulded.geometry.outline_xz[:, 0]), abs=3.0)
    assert across.size[0] == pytest.approx(heel.high - heel.low, abs=0.3)
    assert np.diff(along.heights[:2], axis=0) == pytest.approx(1.5)
    assert np.diff(along.heights[-2:], axis=0) == pytest.approx(2.0)
    # The post lifts the medial side, the right one of a left foot seen from behind.
    edge = across.heights[-1]
    assert edge[-1] > edge[0] + 2.0
    bodies = {body.region: body.colour for body in moulded.bodies}
    assert set(along.colours[1]) <= set(bodies.values())
    assert len(set(along.colours[1])) >= 4


def test_table_of_bodies_adds_up(moulded: ExportedInsole) -> None:
    rows = body_rows(moulded)
    assert [row[0] for row in rows[1:]] == [
        *("cover", "core", "heel", "forefoot", "arch", "heel plug", "shell", "whole"),
    ]
    total = sum(float(row[2]) for row in rows[1:-1])
    assert total == pytest.approx(float(rows[-1][2]), abs=0.5)
    alone = body_rows(exported(6.0))
    assert [row[:2] for row in alone[1:]] == [("insole", "eva_35")]


def test_a_stiffened_arch_is_a_body_that_says_so() -> None:
    insole = exported(6.0, arch_stiffness_factor=2.0)
    assert [body.name for body in insole.bodies] == [
        "core, eva_35",
        "arch, eva_35 x 2 in stiffness",
    ]
    colours = {body.colour for body in insole.bodies}
    assert len(colours) == 2


def test_contour_lines_are_few_and_at_round_heights() -> None:
    assert contour_step_mm(6.0, 7.0) == 0.1
    assert contour_step_mm(1.0, 24.0) == 2.0
    assert contour_step_mm(1.0, 60.0) == 5.0

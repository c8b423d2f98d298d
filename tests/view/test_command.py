# SPDX-License-Identifier: MIT
"""The command: files instead of the page, what it refuses, the script for ParaView."""

from __future__ import annotations

import ast
import asyncio
import socket
import sys
from pathlib import Path
from xml.etree import ElementTree

import imageio.v3 as iio
import meshio
import pytest

from scenarios.cli import main
from scenarios.cli.view_arguments import FOCI as FOCUS_WORDS
from scenarios.cli.view_arguments import LOOKS
from scenarios.errors import ScenarioError
from scenarios.view import serve
from scenarios.view.controls import DIRECTIONS, FOCI
from scenarios.view.serve import free_port, has_screen


def view(*arguments: object) -> int:
    return main(["view", *map(str, arguments)])


def test_words_of_the_flags_are_those_of_the_viewer() -> None:
    assert tuple(DIRECTIONS) == LOOKS
    assert FOCI == FOCUS_WORDS


def test_a_picture_without_a_browser(
    walk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sole.png"
    arguments = ("--screenshot", file, "--size", "320x200", "--bodies", "foot", "--look", "sole")
    assert view(walk, *arguments, "--field", "contact_pressure_mpa", "--range", "0:300") == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert iio.imread(file).shape == (200, 320, 3)


def test_the_list_names_fields_with_units(walk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert view(walk, "--list") == 0
    out = capsys.readouterr().out
    assert "cauchy_von_mises_mpa" in out
    assert "contact pressure (kPa)" in out
    assert "instants: 10, 50, 90 % of stance" in out


def test_an_unfinished_run_is_pointed_out(
    own_walk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_walk / "summary.json").unlink()
    assert view(own_walk, "--list") == 0
    assert "is not finished: what is there until 90 % of stance" in capsys.readouterr().err


WRONG = [
    (["--field", "pressure_of_contact"], "no field"),
    (["--time", "300"], "10, 50, 90"),
    (["--scale", "-1"], "0 (undeformed) to 20"),
    (["--scale", "nan"], "0 (undeformed) to 20"),
    (["--bodies", "hand"], "foot_tissue"),
    (["--range", "3:2"], "A below B"),
    (["--range", "1"], "A below B"),
    (["--cut", "w"], "z:40"),
    (["--cut", "z:140"], "z:40"),
    (["--screenshot", "a.png", "--size", "10x10"], "200 to 4096"),
    (["--screenshot", "a.jpg"], "FILE.png"),
    (["--film", "a.avi"], "FILE.mp4 or FILE.gif"),
    (["--paraview", "a.pvsm"], "FILE.py"),
    (["--paraview", "a.py", "--scale", "2"], "no --scale"),
    (["--port", "70000", "--no-browser"], "1 to 65535"),
    (["--look", "above"], "allowed: oblique"),
]


@pytest.mark.parametrize(("arguments", "word"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_input_ends_with_one_line(
    walk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert view(walk, *arguments) == 2
    message = capsys.readouterr().err
    assert word in message
    assert message.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_busy_port_is_said_and_another_taken_by_itself() -> None:
    with socket.socket() as holder:
        holder.bind(("localhost", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ScenarioError, match=rf"port {port} of localhost cannot be had.*in use"):
            free_port("localhost", port)
    assert free_port("localhost", None) >= 8765
    with pytest.raises(ScenarioError, match=r"no port of nowhere\.invalid"):
        free_port("nowhere.invalid", None)


def test_without_trame_the_extra_is_named(
    walk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("trame.app", "trame.ui.vuetify3"):
        monkeypatch.setitem(sys.modules, name, None)
    assert view(walk, "--no-browser") == 2
    assert 'pip install "solespine[view]"' in capsys.readouterr().err


def test_without_imageio_a_film_names_the_extra_and_a_picture_goes_on(
    walk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "imageio.v2", None)
    assert view(walk, "--film", tmp_path / "a.mp4") == 2
    assert 'pip install "solespine[view]"' in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "imageio", None)
    assert view(walk, "--screenshot", tmp_path / "a.png", "--size", "200x200") == 0


@pytest.mark.parametrize(
    ("name", "expected"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("X", False)]
)
def test_a_browser_opens_where_there_is_a_screen(
    monkeypatch: pytest.MonkeyPatch, name: str, expected: bool
) -> None:
    for each in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv(name, ":0")
    assert has_screen() is expected


def assigned(text: str) -> dict[str, object]:
    """Constants of a script by their names."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def test_the_script_for_paraview_names_what_is_in_the_files(walk: Path, tmp_path: Path) -> None:
    path = tmp_path / "state.py"
    assert view(walk, "--paraview", path, "--field", "contact_pressure_mpa", "--time", "90") == 0
    script = assigned(path.read_text())
    assert (tmp_path / str(script["BESIDE"])).resolve() == Path(str(script["COLLECTION"]))
    assert script["TITLE"] == "contact pressure (MPa)"
    entries = list(ElementTree.parse(str(script["COLLECTION"])).getroot().iter("DataSet"))
    now = [e for e in entries if float(e.attrib["timestep"]) == script["TIME_S"]]
    files = {int(e.attrib["part"]): e.attrib["file"] for e in now}
    bodies = script["BODIES"]
    assert isinstance(bodies, list)
    assert {number: f"{name}_090.00.vtu" for number, name, *_ in bodies} == files
    for _, name, _, shown, _, data in bodies:
        mesh = meshio.vtu.read(walk / "fields" / f"{name}_090.00.vtu")
        there = "POINTS" if script["FIELD"] in mesh.point_data else ""
        assert data == there, name
        assert shown is True
    colours = script["COLOURS"]
    assert isinstance(colours, list)
    peak = meshio.vtu.read(walk / "fields" / "foot_tissue_050.00.vtu").point_data[
        "contact_pressure_mpa"
    ]
    assert colours[0][0] == 0.0
    assert colours[-1][0] >= peak.max()


def test_the_script_goes_with_a_moved_folder(walk: Path, own_walk: Path) -> None:
    path = own_walk / "fields" / "state.py"
    assert view(own_walk, "--paraview", path, "--field", "region", "--bodies", "foot") == 0
    script = assigned(path.read_text())
    assert script["BESIDE"] == "solespine.pvd"
    bodies = script["BODIES"]
    assert isinstance(bodies, list)
    assert {name for _, name, _, shown, *_ in bodies if shown} == {"foot_tissue", "foot_bones"}
    assert next(data for _, name, *_, data in bodies if name == "foot_tissue") == "CELLS"


def test_a_page_that_is_closed_under_way_is_no_error() -> None:
    loop, told = asyncio.new_event_loop(), []
    loop.default_exception_handler = told.append
    for error in (ConnectionResetError("closing"), ValueError("ours")):
        serve._unless_page_closed(loop, {"exception": error})
    loop.close()
    assert [type(one["exception"]) for one in told] == [ValueError]

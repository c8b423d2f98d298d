# SPDX-License-Identifier: MIT
"""Scenario files: defaults, ranges, and every wrong input refused by name."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.check import check_scenario
from scenarios.errors import ScenarioError, nearest
from scenarios.identity import scenario_hash
from scenarios.key_table import renewed
from scenarios.keys import scenario_keys, unit_of
from scenarios.loading import load_scenario, resolved_scenario, scenario_data
from scenarios.schema import Scenario
from scenarios.source import library_names, setting_value
from scenarios.toml_text import toml_text


def refused(tmp_path: Path, text: str | bytes, *sets: str, **flags: str) -> ScenarioError:
    file = tmp_path / "study.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(file), settings=sets, working_directory=tmp_path, **flags)
    assert sorted(tmp_path.iterdir()) == before
    assert "\n" not in str(caught.value)
    return caught.value


def loaded(tmp_path: Path, text: str = "", *sets: str, **flags: str) -> Scenario:
    file = tmp_path / "study.toml"
    file.write_text(text)
    return load_scenario(str(file), settings=sets, working_directory=tmp_path, **flags).scenario


def test_empty_file_has_every_default(tmp_path: Path) -> None:
    scenario = loaded(tmp_path)
    assert scenario.name == "study"
    assert (scenario.analysis, scenario.resolution) == ("stance", "coarse")
    assert (scenario.subject.body_mass_kg, scenario.subject.height_m) == (70.0, 1.75)
    assert scenario.subject.foot_length_mm == 255.0
    assert (scenario.insole.material, scenario.insole.thickness_mm) == ("eva_35", 6.0)
    assert scenario.output.instants[:2] == (5.0, 10.0)
    assert len(scenario.output.instants) == 19


@pytest.mark.parametrize("name", library_names())
def test_library_scenarios_are_valid(name: str) -> None:
    assert load_scenario(name).scenario.name == name


def test_library_has_the_main_job() -> None:
    assert {"standing", "walking", "heel_strike", "running"} <= set(library_names())


def test_foot_scales_with_stature_and_type(tmp_path: Path) -> None:
    tall = loaded(tmp_path, "[subject]\nheight_m = 2.1\nfoot_type = 'flat'").subject
    assert tall.foot_length_mm == pytest.approx(306.0)
    assert tall.ball_width_mm == pytest.approx(0.375 * 306.0)
    assert tall.arch_height_mm == pytest.approx(0.11 * 306.0)


def test_layers_set_the_thickness(tmp_path: Path) -> None:
    layers = "[insole]\nlayers = [{material='poron_soft', thickness_mm=3}, "
    scenario = loaded(tmp_path, layers + "{material='eva_50', thickness_mm=4.5}]")
    assert scenario.insole.thickness_mm == 7.5
    assert scenario.insole.materials == ("poron_soft", "eva_50")


WRONG = [
    # text, key, words of the message
    ("[insole]\nthickness = 3", "insole.thickness", ["unknown key", "insole.thickness_mm?"]),
    ("body_mass_kg = 70", "body_mass_kg", ["unknown key", "subject.body_mass_kg?"]),
    ("[insoles]\nmaterial = 'cork'", "insoles.material", ["unknown table", "insole.material?"]),
    ("'insole.material' = 'cork'", '"insole.material"', ["unknown"]),
    ("[subject]\nbody_mass_kg = '70'", "subject.body_mass_kg", ["text '70'", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = -70", "subject.body_mass_kg", ["-70", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = 0.07", "subject.body_mass_kg", ["0.07", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = nan", "subject.body_mass_kg", ["nan", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = inf", "subject.body_mass_kg", ["inf", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = true", "subject.body_mass_kg", ["truth", "15 to 200 kg"]),
    ("[subject]\nbody_mass_kg = [70]", "subject.body_mass_kg", ["list", "15 to 200 kg"]),
    ("[subject]\nheight_m = 175", "subject.height_m", ["175", "1.1 to 2.2 m"]),
    ("[subject]\nside = 'Right'", "subject.side", ["right, left", "right?"]),
    ("[subject]\nball_width_mm = 140", "subject.ball_width_mm", ["140", "dimensions"]),
    ("[subject]\nscan_file = 'study.toml'", "subject.scan_file", ["no known kind", "stl, ply"]),
    ("[scan]\nunit = 'mm'", "subject", ["without subject.scan_file"]),
    ("[subject.scan]\nheel_xyz = [1, 2]", "subject.scan.heel_xyz", ["three numbers"]),
    ("subject = 5", "subject", ["got 5", "a table"]),
    ("[[subject]]\nheight_m = 1.7", "subject", ["list", "a table"]),
    ("analysis = 'stanc'", "analysis", ["standing, stance, impact", "stance?"]),
    ("analysis = 'shock'", "analysis", ["'shock'", "standing, stance, impact"]),
    ("resolution = 3", "resolution", ["got 3", "coarse, standard, fine"]),
    ("[insole]\nmaterial = 'eva35'", "insole.material", ["no insole material", "eva_35?"]),
    ("[insole]\nmaterial = 'heel_pad'", "insole.material", ["no insole material"]),
    ("[insole]\nmaterial = ''", "insole.material", ["''"]),
    ("[insole]\nlayers = [{material='eva_35'}]", "insole.layers[0].thickness_mm", ["missing"]),
    (
        "[insole]\nlayers = [{material='eva_35', thickness=3, thickness_mm=3}]",
        "insole.layers[0].thickness",
        ["unknown key", "thickness_mm?"],
    ),
    (
        "[insole]\nzones = [{material='eva_3', region='heel'}]",
        "insole.zones[0].material",
        ["eva_35?"],
    ),
    ("[insole]\nlayers = 3", "insole.layers", ["a list of tables"]),
    ("[insole]\nlayers.material = 'cork'", "insole.layers.material", ["no table"]),
    (
        "[insole]\nmaterial = 'none'\nlayers = [{material='cork', thickness_mm=3}]",
        "insole",
        ["barefoot"],
    ),
    (
        "[insole]\nthickness_mm = 9\nlayers = [{material='cork', thickness_mm=3}]",
        "insole",
        ["add up to 3"],
    ),
    (
        "[insole]\nzones = [{material='cork', region='heel'}, {material='cork', region='heel'}]",
        "insole",
        ["twice"],
    ),
    ("[gait]\nspeed_m_s = 3", "gait.speed_m_s", ["1.1 to 1.9 m/s"]),
    ("[gait]\ngrf_file = 'walk.mot'", "gait.grf_file", ["no such file", "walk.mot"]),
    ("[gait]\ngrf_file = ''", "gait.grf_file", ["''", "a file"]),
    ("[gait]\ngrf_file = '.'", "gait.grf_file", ["is a folder"]),
    ("[gait]\ngrf_file = 3", "gait.grf_file", ["got 3"]),
    ("[gait]\ngrf_file = 'studi.toml'", "gait.grf_file", ["no such file", "study.toml?"]),
    ("[gait]\nkinematics_file = 'study.toml'", "gait", ["without grf_file"]),
    ("[gait]\npressure_file = 'walk.asc'", "gait.pressure_file", ["no such file"]),
    ("[gait]\nstance_index = 1", "gait", ["without grf_file"]),
    ("[gait]\nstance_index = 1.5", "gait.stance_index", ["whole number"]),
    ("[baseline]\ncalibration_dir = 'nowhere'", "baseline.calibration_dir", ["no such folder"]),
    (
        "[baseline]\ncalibration_dir = '.'\nmaterial = 'cork'",
        "baseline",
        ["calibration_dir and material"],
    ),
    ("[output]\nstance_percent = [5, 4]", "output.stance_percent", ["does not rise"]),
    ("[output]\nstance_percent = 0", "output.stance_percent", ["out of range"]),
    ("[alignment]\nstiffness_study = 'no'", "alignment.stiffness_study", ["true or false"]),
    ("[output]\nstance_percent = [0, 50]", "output.stance_percent", ["out of range"]),
    ("[output]\nstance_percent = 'all'", "output.stance_percent", ["'all'"]),
    ("[output]\nfields = 1", "output.fields", ["true or false"]),
    ("[solver]\nrelative_tolerance = 1e-3", "solver.relative_tolerance", ["1e-06"]),
    ("name = 'a/b'", "name", ["'a/b'", "letters"]),
    ("hello\n", "", ["not TOML", "line 1"]),
    ("[insole]\nmaterial = 'cork'\nmaterial = 'pa12'", "", ["not TOML", "given twice"]),
    ("x = " + "[" * 5000, "", ["nested too deeply"]),
    (b"\xff\xfe[\x00", "", ["not UTF-8", "line 1"]),
    (b"# caf\xe9\n", "", ["not UTF-8"]),
]


@pytest.mark.parametrize(("text", "key", "words"), WRONG, ids=[str(w[0])[:40] for w in WRONG])
def test_wrong_files_are_refused(
    tmp_path: Path, text: str | bytes, key: str, words: list[str]
) -> None:
    error = refused(tmp_path, text)
    assert error.where == str(tmp_path / "study.toml")
    assert error.key == key
    for word in words:
        assert word in str(error)


WRONG_FLAGS = [
    (["insole.material=eva_50", "insole.material=cork"], "insole.material", "given twice"),
    (["insole.thickness_mm=6", "insole.thickness_mm=6.5"], "insole.thickness_mm", "given twice"),
    (["insole=4", "insole.material=cork"], "insole.material", "beside insole"),
    (["insole={material='cork'}", "insole.material=pa12"], "insole.material", "given twice"),
    (["insole.material"], "insole.material", "not KEY=VALUE"),
    (["=3"], "=3", "not KEY=VALUE"),
    (["insole..material=3"], "insole..material=3", "not KEY=VALUE"),
    (["subject.body_mas_kg=70"], "subject.body_mas_kg", "did you mean subject.body_mass_kg?"),
    (["subject.body_mass_kg=70kg"], "subject.body_mass_kg", "text '70kg'"),
    (["subject.body_mass_kg="], "subject.body_mass_kg", "text ''"),
    (["insole.layers.0.material=cork"], "insole.layers.0.material", "no table"),
    (["gait.grf_file=2020-01-01"], "gait.grf_file", "no such file"),
    (["subject.height_m=1.8\nanalysis='standing'"], "subject.height_m", "text"),
]


@pytest.mark.parametrize(("sets", "key", "word"), WRONG_FLAGS)
def test_wrong_flags_are_refused(tmp_path: Path, sets: list[str], key: str, word: str) -> None:
    error = refused(tmp_path, "", *sets)
    assert error.where == "--set"
    assert error.key == key
    assert word in str(error)


def test_flag_and_set_must_agree(tmp_path: Path) -> None:
    error = refused(tmp_path, "", "resolution=fine", resolution="coarse")
    assert error.where == "--set and --resolution"
    same = loaded(tmp_path, "", "resolution=fine", resolution="fine")
    assert same.resolution == "fine"


def test_a_flag_replaces_the_file(tmp_path: Path) -> None:
    text = "resolution = 'standard'\n[insole]\nmaterial = 'cork'\nthickness_mm = 4"
    scenario = loaded(
        tmp_path, text, "insole={material='pa12'}", "insole.material=pa12", resolution="fine"
    )
    assert scenario.resolution == "fine"
    assert (scenario.insole.material, scenario.insole.thickness_mm) == ("pa12", 4.0)


def test_a_wrong_flag_over_a_table_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, "[insole]\nmaterial = 'cork'", "insole=4")
    assert (error.where, error.key) == ("--set", "insole")


def test_first_of_several_errors_is_shown_with_their_number(tmp_path: Path) -> None:
    text = "[insole]\nthickness_mm = 99\n[subject]\nbody_mass_kg = 500\nheight_m = 'a'"
    assert "99 is out of range (2 more wrong)" in str(refused(tmp_path, text))


def test_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_bytes("\ufeffanalysis = 'standing'\r\n# ü\r\n".encode())
    assert load_scenario(str(file)).scenario.analysis == "standing"


def test_relative_paths(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    for folder in (there, here):
        folder.mkdir()
        (folder / "walk.mot").write_text("x")
    (there / "study.toml").write_text("[gait]\ngrf_file = 'walk.mot'")
    scenario = load_scenario(str(there / "study.toml"), working_directory=here).scenario
    assert scenario.gait.grf_file == there / "walk.mot"
    flags = ["gait.kinematics_file=walk.mot"]
    scenario = load_scenario(
        str(there / "study.toml"), settings=flags, working_directory=here
    ).scenario
    assert scenario.gait.kinematics_file == here / "walk.mot"


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("", []),
        ("[gait]\nspeed_m_s = 1.3", []),
        ("[gait]\nspeed_m_s = 1.5", ["gait.speed_m_s"]),
        (
            "[gait]\ngrf_file = 'walk.mot'\nkinematics_file = 'walk.mot'",
            ["gait.grf_file", "gait.kinematics_file"],
        ),
    ],
)
def test_gait_that_standing_does_not_use_is_said(
    tmp_path: Path, text: str, unused: list[str]
) -> None:
    (tmp_path / "walk.mot").write_text("no trial: it is not read")
    (tmp_path / "study.toml").write_text(f"analysis = 'standing'\n{text}")
    warnings = check_scenario(load_scenario(str(tmp_path / "study.toml")))
    assert [w.partition(" ")[0] for w in warnings] == unused
    assert all("not used" in w and "standing" in w for w in warnings)


WRONG_NAMES = [
    ("walkng", "did you mean walking?"),
    ("nowhere/walking.toml", "did you mean walking?"),
    ("", "TOML file"),
    ("/", "is a folder"),
    ("/dev/zero", "not a regular file"),
    ("x" * 5000, "no such scenario"),
    ("a\0b", "no such scenario"),
]


@pytest.mark.parametrize(("name", "word"), WRONG_NAMES, ids=[n[0][:12] for n in WRONG_NAMES])
def test_wrong_scenario_names(name: str, word: str) -> None:
    with pytest.raises(ScenarioError, match=r".") as caught:
        load_scenario(name)
    assert word in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_result_folder_points_to_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text("")
    with pytest.raises(ScenarioError, match=r"did you mean .*scenario\.toml"):
        load_scenario(str(tmp_path))


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "study.toml"
    file.write_text("")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ScenarioError, match="cannot be read: Permission denied"):
        load_scenario(str(file))


def test_values_of_set() -> None:
    assert setting_value("6") == 6
    assert setting_value("1e-8") == 1e-8
    assert setting_value("true") is True
    assert setting_value("[1, 2]") == [1, 2]
    assert setting_value("eva_35") == "eva_35"
    assert setting_value('"a b"') == "a b"
    assert setting_value("data/walk.mot") == "data/walk.mot"
    assert setting_value("2020-01-01") == "2020-01-01"
    assert setting_value("1\nx = 2") == "1\nx = 2"


def test_resolved_text_reads_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "walk.mot").write_text("x")
    text = (
        "[gait]\ngrf_file = 'walk.mot'\n[baseline]\nmaterial = 'none'\n"
        "[insole]\nlayers = [{material='cork', thickness_mm=3}]\n"
        "zones = [{material='pa12', region='heel'}]\n[output]\nstance_percent = [10, 20.5]\n"
    )
    scenario = loaded(tmp_path, text)
    resolved = tmp_path / "scenario.toml"
    resolved.write_text(toml_text(scenario_data(scenario)))
    (tmp_path / "walk.mot").unlink()
    assert resolved_scenario(resolved) == scenario


def test_resolved_text_with_a_calibration_folder(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "[baseline]\ncalibration_dir = '.'")
    resolved = tmp_path / "scenario.toml"
    resolved.write_text(toml_text(scenario_data(scenario)))
    again = resolved_scenario(resolved)
    assert again.baseline is not None
    assert again.baseline.calibration_dir == tmp_path


def test_hash_is_of_content(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "walk.mot").write_text("x")
    text = "[gait]\ngrf_file = 'walk.mot'"
    one, two = loaded(tmp_path / "one", text), loaded(tmp_path / "two", "name='b'\n" + text)
    assert scenario_hash(one) == scenario_hash(two)
    assert scenario_hash(one) != scenario_hash(one, command="mesh")
    (tmp_path / "two" / "walk.mot").write_text("y")
    assert scenario_hash(one) != scenario_hash(two)
    (tmp_path / "two" / "walk.mot").write_text("x")
    assert scenario_hash(one) != scenario_hash(
        loaded(tmp_path / "two", text + "\nspeed_m_s = 1.31")
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_values_in_range_are_accepted_and_others_refused(
    tmp_path: Path, data: st.DataObject
) -> None:
    numeric = [k for k in scenario_keys() if " to " in k.allowed and "[" not in k.name]
    plain = [
        key
        for key in numeric
        if key.allowed[0].isdigit() or key.allowed.startswith(("-", "whole"))
        # Foot dimensions must go together, a stance needs a file, and frequencies a step.
        if not key.name.startswith("subject.")
        and key.name not in ("gait.stance_index", "impact.content_hz")
    ]
    key = data.draw(st.sampled_from(plain))
    words = key.allowed.replace("whole number, ", "").split()
    low, high = float(words[0]), float(words[2])
    whole = key.allowed.startswith("whole")
    numbers = st.integers(int(low), int(high)) if whole else st.floats(low, high)
    value = data.draw(numbers)
    assert loaded(tmp_path, "", f"{key.name}={value!r}")
    below = data.draw(st.floats(-1e9, low, exclude_max=True))
    above = data.draw(st.floats(high, 1e9, exclude_min=True))
    for wrong in (below, above):
        assert refused(tmp_path, "", f"{key.name}={wrong!r}").key == key.name


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "study.toml"
    file.write_bytes(raw)
    try:
        load_scenario(str(file))
    except ScenarioError as error:
        assert error.exit_code == 2


@given(
    data=st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.recursive(
            st.booleans()
            | st.integers(-(2**60), 2**60)
            | st.floats(allow_nan=False)
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
            lambda inner: st.lists(inner, max_size=3)
            | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=4,
    )
)
def test_written_toml_reads_back(data: dict[str, object]) -> None:
    try:
        text = toml_text(data)
        text.encode()
    except UnicodeEncodeError:
        return
    assert tomllib.loads(text) == data


def test_every_key_is_described_with_range_and_default() -> None:
    for key in scenario_keys():
        assert key.description, key.name
        assert key.allowed, key.name
        assert key.default or "[]." in key.name, key.name


def test_units_stand_in_the_names() -> None:
    assert unit_of("subject.body_mass_kg") == "kg"
    assert unit_of("gait.speed_m_s") == "m/s"
    assert unit_of("insole.conformity") == ""


def test_nearest() -> None:
    assert nearest("thickness", ["heel_lift_mm", "thickness_mm"]) == "thickness_mm"
    assert nearest("zzz", ["thickness_mm"]) == ""
    assert nearest("", ["thickness_mm"]) == ""


def test_errors_travel_between_ranks() -> None:
    error = ScenarioError("a", "b", "c", allowed="d", suggestion="e")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error) == "a: b: c; allowed: d; did you mean e?"


def test_the_documented_keys_are_those_of_the_schema() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "guide" / "scenario.md"
    text = guide.read_text(encoding="utf-8")
    assert renewed(text) == text, "run python -m scenarios.key_table docs/guide/scenario.md"

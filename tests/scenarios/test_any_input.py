# SPDX-License-Identifier: MIT
"""Any scenario input either is accepted and meshes, or is refused by its key; never a traceback."""

from __future__ import annotations

import itertools
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.check import check_scenario
from scenarios.errors import LONGEST_PART, ScenarioError
from scenarios.identity import scenario_hash
from scenarios.keys import Key, scenario_keys, table_names
from scenarios.loading import load_scenario, scenario_data
from scenarios.schema import Scenario
from scenarios.toml_text import toml_text
from tests.helpers import any_input

KEYS = any_input.plain_keys()
TOGETHER = (
    "does not go with",
    "add up to",
    "without grf_file",
    "without subject.scan_file",
    "of three landmarks given",
    "both_feet is false",
    "thin at its edge",
    "no insole of the other foot",
    "barefoot and has no",
    "steps a period",
    "than the foot's contact",
)
"""What may be refused of values that are in range one by one."""


def loaded(said: dict[str, str], base: str = "standing") -> Scenario:
    return load_scenario(base, settings=any_input.flags(said)).scenario


def one_line_of(error: ScenarioError) -> str:
    text = str(error)
    assert text.isprintable() and error.exit_code == 2
    assert len(text) < 4 * LONGEST_PART + 1200
    return text


def meshed(said: dict[str, str]) -> ScenarioError | None:
    """Mesh all bodies and look at their cells, or return the refusal."""
    from mpi4py import MPI

    from scenarios.geometry import scenario_geometry
    from scenarios.mesh_bodies import body_qualities

    try:
        whole = load_scenario("standing", settings=any_input.flags(said))
        check_scenario(whole)
        geometry = scenario_geometry(MPI.COMM_SELF, whole.scenario)
    except ScenarioError as error:
        one_line_of(error)
        assert error.allowed, error
        return error
    for name, quality in body_qualities(geometry).items():
        assert quality.min_scaled_jacobian > 0.0, name
    return None


@settings(derandomize=True, deadline=None, max_examples=12)
@given(data=st.data())
@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_value_of_the_documented_range_is_accepted(key: Key, data: st.DataObject) -> None:
    said = {key.name: data.draw(any_input.inside(key))}
    try:
        loaded(said)
    except ScenarioError as error:
        assert any(words in one_line_of(error) for words in TOGETHER), error


@settings(derandomize=True, deadline=None, max_examples=20)
@given(data=st.data())
@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_any_other_value_is_refused_by_its_key(key: Key, data: st.DataObject) -> None:
    wrong = data.draw(any_input.outside(key))
    if (key.name, wrong) in (("name", "'text'"), ("output.stance_percent", "[1]")):
        return
    with pytest.raises(ScenarioError) as caught:
        loaded({key.name: wrong})
    text = one_line_of(caught.value)
    assert caught.value.key.startswith(key.name)
    assert caught.value.allowed, text


@settings(derandomize=True, deadline=None, max_examples=40)
@given(said=any_input.scenarios())
def test_any_scenario_meshes_or_is_refused(said: dict[str, str]) -> None:
    meshed(said)


SHAPES = [*itertools.product(("neutral", "flat", "cavus"), (1.0, 30.0), (0.0, 1.0), (-12, 12))]


@pytest.mark.parametrize(("foot", "thickness", "conformity", "post"), SHAPES)
def test_extreme_insoles_on_every_foot(
    foot: str, thickness: float, conformity: float, post: int
) -> None:
    said = {
        "subject.foot_type": f"'{foot}'",
        "insole.thickness_mm": repr(thickness),
        "insole.conformity": repr(conformity),
        "insole.arch_height_mm": "25",
        "insole.heel_cup_depth_mm": "18",
        "insole.rearfoot_post_deg": str(post),
        "insole.forefoot_post_deg": str(-post),
        "insole.heel_lift_mm": "25",
    }
    refusal = meshed(said)
    assert (refusal is None) or refusal.key.startswith("insole")


@pytest.mark.parametrize("length", [150.0, 340.0])
@pytest.mark.parametrize("share", [0, 1])
def test_extreme_feet(length: float, share: int) -> None:
    said = {"subject.foot_length_mm": repr(length), "insole.material": "'none'"}
    for name in any_input.DIMENSIONS:
        limits = any_input._PER_LENGTH[name][1:]
        said[f"subject.{name}"] = repr(length * limits[share])
    refusal = meshed(said)
    assert refusal is None or "out of range" in str(refusal)


@pytest.mark.parametrize("post", [-12.0, -8.0, 5.0, 12.0])
@pytest.mark.parametrize("thickness", [1.0, 3.0, 8.0])
def test_a_thickness_that_a_refusal_advises_is_enough(post: float, thickness: float) -> None:
    said = {"insole.rearfoot_post_deg": repr(post), "insole.forefoot_post_deg": repr(-post)}
    refusal = meshed(said | {"insole.thickness_mm": repr(thickness)})
    if refusal is None:
        return
    advised = re.search(r"thickness_mm of at least ([\d.]+)", refusal.allowed)
    assert advised is not None, refusal
    again = meshed(said | {"insole.thickness_mm": advised[1]})
    assert again is None or "thin at its edge" not in str(again)  # cells may still be too flat


@pytest.mark.parametrize("table", ["", *(f"{name}." for name in table_names())])
def test_unknown_keys_are_refused_everywhere(table: str) -> None:
    with pytest.raises(ScenarioError, match="unknown key") as caught:
        loaded({f"{table}no_such_key": "1"})
    assert caught.value.key == f"{table}no_such_key"
    assert caught.value.allowed


ODD_VALUES = (
    *("", "'", "'''", "#", "6 # c", "1\n2", "0x10", "1_0", "1e400", "9" * 5000, "a" * 5000),
    *('"\\u0000"', "\udce9", "\x1b[31m", "\u2028", "1979-05-27", "~nobody/x", "..", "/dev/zero"),
    *("[{}]", "[[1]]", "[3]", "{a.b=1}", "[{material='cork'}]", "[{material=3,thickness_mm=3}]"),
    *(
        "/proc/self/mem",
        "[{region='heel',material='none'}]",
        "[{material='cork',thickness_mm=nan}]",
    ),
)
NAMES = st.sampled_from([key.name for key in scenario_keys()] + list(table_names()))
ANYTHING = st.text(st.characters(min_codepoint=1), max_size=12)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    sets=st.lists(
        st.tuples(
            NAMES | ANYTHING,
            st.sampled_from(("", "", "", ".", ".x", "[0]", "\n", '"')),
            st.sampled_from(("=", "=", "=", "")),
            st.sampled_from(ODD_VALUES) | ANYTHING,
        ).map("".join),
        min_size=1,
        max_size=3,
    )
)
def test_any_text_after_set_is_read_or_refused(sets: list[str]) -> None:
    try:
        scenario = load_scenario("walking", settings=sets).scenario
        scenario_hash(scenario)
    except ScenarioError as error:
        one_line_of(error)
        return
    assert tomllib.loads(toml_text(scenario_data(scenario)))


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("key", ["gait.grf_file", "baseline.calibration_dir", "insole.layers"])
def test_odd_values_of_files_and_lists(key: str, value: str) -> None:
    try:
        scenario_hash(load_scenario("walking", settings=[f"{key}={value}"]).scenario)
    except ScenarioError as error:
        one_line_of(error)


def test_a_number_of_thousands_of_digits_in_a_file(tmp_path) -> None:
    (tmp_path / "study.toml").write_text("[subject]\nheight_m = " + "9" * 5000)
    with pytest.raises(ScenarioError, match="is not TOML"):
        load_scenario(str(tmp_path / "study.toml"))


def test_a_gait_file_that_may_not_be_read(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "walk.mot").write_text("x")
    opened = type(tmp_path).open

    def denied(path, *more, **named):
        if path.name == "walk.mot":
            raise PermissionError(13, "Permission denied")
        return opened(path, *more, **named)

    monkeypatch.setattr(type(tmp_path), "open", denied)
    with pytest.raises(ScenarioError, match="cannot be read: Permission denied") as caught:
        load_scenario("walking", settings=[f"gait.grf_file={tmp_path / 'walk.mot'}"])
    assert caught.value.key == "gait.grf_file"

# SPDX-License-Identifier: MIT
"""The comparison as page and table: settings, maps on one scale, refusals, a study's spread."""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from scenarios.cli import main
from scenarios.compare_settings import settings_of
from tests.helpers.uncertain_study import STRAIN, finished, uncertain
from tests.helpers.visit_folders import result
from tests.scenarios.synthetic import make_result

HEEL = "plantar.peak_pressure_kpa.heel"
OTHER_INSTANTS = {"stance_percent": [10.0, 20.0]}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs that differ in heel pressure and insole, and the folder of their comparison."""
    root = tmp_path_factory.mktemp("compare")
    for name, material, factor in (("firm", "eva_50", 1.0), ("soft", "eva_20", 0.7)):
        folder = make_result(root / name, np.array([0.0, 20.0, 50.0]), np.array([20.0]))
        scenario = folder / "scenario.toml"
        scenario.write_text(scenario.read_text().replace("eva_35", material))
        data = json.loads((folder / "summary.json").read_text())
        data["plantar"]["peak_pressure_kpa"]["heel"] *= factor
        data["role"] = "candidate"
        (folder / "summary.json").write_text(json.dumps(data))
        cells = folder / "plantar_pressure.csv"
        head, *rows = cells.read_text().splitlines()
        place = head.split(",").index("pressure_kpa")
        parts = [row.split(",") for row in rows]
        for part in parts:
            part[place] = repr(factor * float(part[place]))
        cells.write_text("\n".join([head, *map(",".join, parts)]) + "\n")
    assert main(["compare", str(root / "firm"), str(root / "soft"), "-o", str(root / "out")]) == 0
    return root, root / "out"


def test_the_page_stands_alone(pair: tuple[Path, Path]) -> None:
    text = (pair[1] / "compare.html").read_text()
    assert len(text) < 2_000_000
    bare = re.sub(r"(base64,|\"levels\": \")[^\"]*", "", text).replace(
        '"http://www.w3.org/2000/svg"', ""
    )
    assert not re.search(r"(https?:)?//[a-z]", bare)
    assert "insole.material eva_50 -&gt; eva_20" in text
    assert "beside the insole" not in text
    for word in ("treat", "prevent", "relie", "cure", "pain"):
        assert word not in bare.lower()


def test_the_page_says_what_a_difference_was_set_against(pair: tuple[Path, Path]) -> None:
    text = (pair[1] / "compare.html").read_text()
    row = re.search(rf'<tr><th title="{re.escape(HEEL)}">.*?</tr>', text, flags=re.DOTALL)[0]
    assert 'class="larger"' in row and "larger than mesh" in row and "-30.0" in row
    assert re.search(r"mesh ± [\d.]+, parameters \(2 sd\) not known", row)


def test_maps_are_on_one_scale(pair: tuple[Path, Path]) -> None:
    text = (pair[1] / "compare.html").read_text()
    found = [json.loads(part) for part in re.findall(r'json">(\{.*?\})</script>', text)]
    pressure = [data for data in found if "frames" in data]
    tops = {data["top"] for data in pressure}
    assert len(pressure) == 2 and len(tops) == 1 and tops.pop() >= max(pressure[0]["peak"])
    ratio = np.array(pressure[1]["peak"]) / np.maximum(pressure[0]["peak"], 1)
    loaded = np.array(pressure[0]["peak"]) > 50
    assert ratio[loaded] == pytest.approx(0.7, abs=0.02)
    stress = [data for data in found if "levels" in data]
    assert len(stress) >= 4 and len(stress) % 2 == 0
    for one, two in zip(stress[::2], stress[1::2], strict=True):
        assert (one["top"], one["rows"], one["columns"]) == (
            two["top"],
            two["rows"],
            two["columns"],
        )
        assert len(base64.b64decode(one["levels"])) == one["rows"] * one["columns"]


def test_the_table_holds_every_output(pair: tuple[Path, Path]) -> None:
    with (pair[1] / "compare.csv").open() as stream:
        rows = {row["output"]: row for row in csv.DictReader(stream)}
    heel = rows[HEEL]
    assert float(heel["percent"]) == pytest.approx(-30.0)
    assert float(heel["difference"]) == float(heel["other"]) - float(heel["first"])
    assert (heel["unit"], heel["against_mesh"], heel["against_parameters"]) == (
        "kPa",
        "larger",
        "unknown",
    )
    assert rows["plantar.peak_pressure_raw_kpa.heel"]["group"] == "other"
    assert rows["plantar.load_share_percent.heel"]["percent"] == "", "per cent of per cent"


def test_what_differs_beside_the_insole_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = result(tmp_path / "a", scenario={"gait": {"speed_m_s": 1.2}})
    two = result(
        tmp_path / "b", scenario={"gait": {"speed_m_s": 1.4}, "insole": {"thickness_mm": 8.0}}
    )
    assert main(["compare", str(one), str(two)]) == 0
    out = capsys.readouterr().out
    assert "insole: insole.thickness_mm 6 -> 8" in out
    assert "warning: beside the insole: gait.speed_m_s 1.2 -> 1.4: differences" in out
    three = result(tmp_path / "c", scenario={"gait": {"speed_m_s": 1.2}, "output": OTHER_INSTANTS})
    assert main(["compare", str(one), str(three)]) == 0
    out = capsys.readouterr().out
    assert "beside the insole: output.stance_percent 5 -> 10 20: differences" in out


def test_a_scenario_that_is_missing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = result(tmp_path / "a"), result(tmp_path / "b")
    assert settings_of(one, two).known
    (two / "scenario.toml").unlink()
    assert not settings_of(one, two).known
    assert main(["compare", str(one), str(two)]) == 0
    assert "a scenario.toml is missing or damaged" in capsys.readouterr().out


def test_a_key_that_an_older_version_lacks_is_at_its_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = result(tmp_path / "a"), result(tmp_path / "b")
    file = one / "scenario.toml"
    lines = file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("conformity =", "height_m ="))]
    assert len(kept) == len(lines) - 2
    file.write_text("\n".join(kept))
    assert main(["compare", str(one), str(two)]) == 0
    out = capsys.readouterr().out
    assert "beside the insole" not in out and "insole: insole" not in out


def test_many_runs_have_a_table_a_quantity(tmp_path: Path) -> None:
    folders = [str(result(tmp_path / f"d{k}", {"heel": 250.0 - 10.0 * k})) for k in range(6)]
    assert main(["compare", *folders, "-o", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "compare.html").read_text()
    assert "<h3>Peak pressure</h3>" in text and "-40.0 (-16.0 %) ?" in text
    assert "verdicts" not in text.split("</style>")[1].split("<script>")[0]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-o", "x.csv"], "compare: -o: got 'x.csv'; allowed: a folder for compare.html"),
        (["-o", "a/summary.json/x"], "summary.json is a file"),
        (["--side", "left"], "--side: is of another comparison"),
        (["--visits", "--uncertainty", "s"], "--uncertainty: is of another comparison"),
        (["--visits", "--all"], "--all: is of another comparison"),
        (["--uncertainty", "nowhere"], "nowhere"),
    ],
)
def test_wrong_flags_write_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result(tmp_path / "a")
    result(tmp_path / "b")
    before = sorted(tmp_path.rglob("*"))
    assert main(["compare", "a", "b", *flags]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_the_spread_of_a_study_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, _ = finished(tmp_path, uncertain(8))
    analysis = json.loads(next(study.path.glob("cases/*/summary.json")).read_text())["analysis"]
    folders = [
        str(result(tmp_path / name, analysis=analysis, insole={"peak_compressive_strain": strain}))
        for name, strain in (("a", 0.2), ("b", 0.9))
    ]
    given = ["compare", *folders, "--uncertainty", str(study.path)]
    assert main([*given, "-o", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith(STRAIN))
    assert row.endswith("larger than parameters")
    with (tmp_path / "out" / "compare.csv").open() as stream:
        found = {line["output"]: line for line in csv.DictReader(stream)}
    assert 0.0 < float(found[STRAIN]["parameter_sd"]) < 0.35
    other = "standing" if analysis == "stance" else "stance"
    folders = [str(result(tmp_path / name, analysis=other)) for name in "cd"]
    assert main(["compare", *folders, "--uncertainty", str(study.path)]) == 2
    assert f"is of the analysis {analysis}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fields/solespine.pvd", "<VTKFile", "solespine.pvd: cannot be read"),
        ("plantar_pressure.csv", "garbage,1\n", "plantar_pressure.csv: header is not"),
        ("summary.json", "{", "summary.json"),
    ],
)
def test_a_damaged_result_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    folders = [result(tmp_path / each) for each in "ab"]
    file = folders[1] / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert main(["compare", *map(str, folders), "-o", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_field_that_cannot_be_read_is_said_in_its_place(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    soft = tmp_path / "soft"
    shutil.copytree(pair[0] / "soft", soft)
    (file,) = (soft / "fields").glob("insole_*.vtu")
    file.write_bytes(file.read_bytes()[:2000])
    firm = str(pair[0] / "firm")
    assert main(["compare", firm, str(soft), "-o", str(tmp_path / "out")]) == 0
    assert f"{file.name} cannot be read" in (tmp_path / "out" / "compare.html").read_text()

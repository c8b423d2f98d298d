# SPDX-License-Identifier: MIT
"""The report stands alone, shows what there is and says nothing that must not be said."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from scenarios.figures import gallery
from scenarios.figures.render import RenderError
from scenarios.report import write_report
from scenarios.report_tables import (
    error_text,
    headlines,
    lumbar_table,
    number,
    plantar_table,
)
from scenarios.summary import (
    DiscretisationError,
    Summary,
    main_outputs,
    read_summary,
)
from scenarios.table import read_numbers
from tests.scenarios.synthetic import make_result


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "walking"
    make_result(folder, np.arange(0.0, 101.0, 10.0), np.array([20.0]))
    write_report(folder, read_summary(folder))
    return folder


def test_report_stands_alone_and_is_small(walk: Path):
    text = (walk / "report.html").read_text()
    assert (walk / "report.html").stat().st_size < 5_000_000
    sources = re.findall(r'src="([^"]{0,40})', text)
    assert len(sources) >= 3
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    fetched = re.sub(r"base64,[^\"]*", "", text).replace('"http://www.w3.org/2000/svg"', "")
    assert not re.search(r"(https?:)?//[a-z]", fetched), "the name of SVG is no address"
    assert not re.search(r"<script[^>]*src=|<link|@import|fetch\(|XMLHttp", text)


def test_curves_are_drawn_in_the_page_and_carry_their_values(walk: Path):
    text = (walk / "report.html").read_text()
    charts = re.findall(r'<figure class="chart".*?</figure>', text, flags=re.DOTALL)
    assert len(charts) >= 5
    for chart in charts:
        assert "<text" in chart, "words stay words, to be found by a search"
        data = json.loads(re.search(r'json">(.*?)</script>', chart, flags=re.DOTALL)[1])
        for panel in data["panels"]:
            left, top, right, bottom = panel["box"]
            assert 0 <= left < right <= data["size"][0] and 0 <= top < bottom <= data["size"][1]
            for curve in panel["curves"]:
                assert len(curve["x"]) == len(curve["y"]) == 11
                assert f'id="{curve["id"]}"' in chart
    lumbar = next(chart for chart in charts if "Lumbar force" in chart)
    values = read_numbers(walk / "history.csv")["l4_l5_compression_n"]
    data = json.loads(re.search(r'json">(.*?)</script>', lumbar, flags=re.DOTALL)[1])
    curve = next(c for c in data["panels"][0]["curves"] if c["name"] == "L4-L5")
    assert curve["y"] == pytest.approx(list(values), rel=1e-4)


def test_the_pressure_map_says_each_cell_at_each_instant(walk: Path):
    text = (walk / "report.html").read_text()
    figure = re.search(r'<figure class="pressure screen">.*?</figure>', text, flags=re.DOTALL)[0]
    data = json.loads(re.search(r'json">(.*?)</script>', figure, flags=re.DOTALL)[1])
    titles = re.findall(r"<rect[^>]*><title>(\d+) kPa, ([a-z ]+)</title>", figure)
    assert [int(value) for value, _ in titles] == data["peak"]
    assert [region for _, region in titles] == data["region"]
    assert len(data["frames"]) == len(data["labels"]) == 11
    heel = [v for v, region in zip(data["peak"], data["region"], strict=True) if region == "heel"]
    summary = read_summary(walk).plantar
    assert max(heel) == pytest.approx(summary.peak_pressure_kpa.heel, abs=0.6)
    assert max(map(max, data["frames"])) == max(data["peak"])


def test_report_shows_what_an_engineer_looks_for(walk: Path):
    text = (walk / "report.html").read_text()
    order = ["Warnings</h2>", "Main outputs</h2>", "Plantar pressure</h2>", "Loaded chain</h2>"]
    order += ["Lumbar spine</h2>", "Channels to the spine, kept apart</h2>", "Provenance</h2>"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    for words in ("1 Transient shock", "2 Alignment", "3 Effective leg length", "quasi-static"):
        assert words in text
    assert "normative curve used" in text
    assert "not measured" in text
    assert "material = &#34;eva_35&#34;" in text
    assert "scenario_sha256" in text
    names = {path.stem for path in (walk / "figures").glob("*.png")}
    assert {"plantar_pressure", "lumbar", "alignment", "disc_stress", "ground_reaction"} <= names


def test_report_makes_no_medical_claim(walk: Path):
    text = re.sub(r"base64,[^\"]*", "", (walk / "report.html").read_text()).lower()
    for word in ("treat", "prevent", "relie", "cure", "heal ", "pain"):
        assert word not in text


def test_an_empty_result_still_has_a_report(tmp_path: Path):
    summary = Summary(scenario="standing", analysis="standing", converged=False, resolution="fine")
    text = write_report(tmp_path, summary).read_text()
    assert "NOT CONVERGED" in text
    assert "no main outputs" in text
    assert "<img" not in text


def test_a_picture_that_fails_becomes_a_warning(
    walk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RenderError("VTK could not draw")

    make_result(tmp_path, np.array([0.0, 50.0]), np.array([50.0]))
    monkeypatch.setattr(gallery, "chain_images", fail)
    text = write_report(tmp_path, read_summary(tmp_path)).read_text()
    assert "picture of loaded chain left out: VTK could not draw" in text
    assert "Plantar pressure</h2>" in text


def test_text_from_input_is_escaped(tmp_path: Path):
    summary = Summary(
        scenario="<b>x</b>",
        analysis="stance",
        converged=True,
        resolution="coarse",
        warnings=("<script>alert(1)</script>",),
    )
    text = write_report(tmp_path, summary).read_text()
    assert "alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_tables_hold_value_error_and_body_weights(walk: Path):
    summary = read_summary(walk)
    lumbar = lumbar_table(summary)
    assert lumbar is not None
    assert lumbar.head[1:] == ("L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1")
    assert "±" in lumbar.rows[0][4]
    assert lumbar.rows[1][0] == "– in body weights (BW)"
    plantar = plantar_table(summary)
    assert plantar is not None
    share = next(row for row in plantar.rows if row[0].startswith("load share"))
    assert share[1] == share[-1] == "–"
    lines = headlines(summary, dict(main_outputs(summary)))
    assert next(line for line in lines if line.words.startswith("Arch")).error == "± 0.30"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1234.5, "1234"),
        (0.9171, "0.917"),
        (20.0, "20.0"),
        (3.1e-9, "3.1e-09"),
        (-83.52, "-83.5"),
        (61234, "61 234"),
        (512.3, "512"),
    ],
)
def test_numbers_show_three_digits(value: float, text: str):
    assert number(value) == text


def test_error_text_is_in_the_unit_of_the_value():
    assert error_text(DiscretisationError(relative=0.06), 250.0) == "± 15 (6 %)"
    assert error_text(DiscretisationError(absolute=0.3), 6.0) == "± 0.30"
    assert error_text(None, 1.0) == ""

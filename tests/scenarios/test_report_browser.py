# SPDX-License-Identifier: MIT
"""Report and comparison in a real browser: the script does what the page offers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.cli import main
from scenarios.figures import style
from scenarios.figures.gallery import Gallery, _lumbar, _pressure, _save
from scenarios.figures.inputs import read_result
from scenarios.report import report_text
from scenarios.summary import read_summary
from tests.helpers.chromium import browser, driven, printed
from tests.scenarios.synthetic import make_result

PERCENTS = np.arange(0.0, 101.0, 10.0)

HELPERS = """
const all = (s, root = document) => [...root.querySelectorAll(s)];
const point = (target, x, y) => target.dispatchEvent(
  new PointerEvent("pointermove", {clientX: x, clientY: y, bubbles: true}));
const shown = document.querySelector(".tip");
const tip = () => (shown.hidden ? null : shown.innerText);
const fills = () => all(".cells rect").map((r) => r.getAttribute("fill")).join();
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of curves and pressure; bodies would only take time."""
    browser()
    folder = make_result(tmp_path_factory.mktemp("browser") / "walk", PERCENTS, np.array([]))
    view = read_result(folder, read_summary(folder))
    with style.paper():
        pictures = [_save(view, each) for draw in (_pressure, _lumbar) for each in draw(view)]
    path = folder / "report.html"
    path.write_text(report_text(view, Gallery(tuple(pictures), ())), encoding="utf-8")
    return path


def test_the_report_says_values_and_sorts(page: Path, tmp_path: Path) -> None:
    found = driven(
        page,
        tmp_path,
        HELPERS
        + """
        const out = {thrown: window.thrown, ready: document.documentElement.dataset.script};
        out.asked = document.querySelector("output").textContent;
        const rules = all("style").flatMap((s) => [...s.sheet.cssRules])
          .filter((r) => r.media && r.media.mediaText === "print")
          .flatMap((r) => [...r.cssRules]);
        out.paper = rules.filter((r) => r.style && r.style.display === "none")
          .map((r) => r.selectorText).join();
        const chart = all("figure.chart").find((f) => f.innerText.includes("Lumbar force"));
        const data = JSON.parse(chart.querySelector("script").textContent);
        const svg = chart.querySelector("svg");
        svg.scrollIntoView();
        const frame = svg.getBoundingClientRect(), box = data.panels[0].box;
        const x = frame.left + (0.5 * (box[0] + box[2]) / data.size[0]) * frame.width;
        const y = frame.top + (0.5 * (box[1] + box[3]) / data.size[1]) * frame.height;
        point(svg, x, y);
        out.curve = tip();
        const button = all("button", chart).find((b) => b.textContent === "L4-L5");
        button.click();
        point(svg, x, y);
        out.without = tip();
        const curve = data.panels[0].curves.find((c) => c.name === "L4-L5");
        out.display = document.getElementById(curve.id).style.display;
        out.value = curve.y[5];
        const rect = all(".cells rect")[7];
        point(rect, 50, 50);
        out.cell = tip();
        const before = fills();
        const slider = document.querySelector("input[type=range]");
        slider.value = 3;
        slider.dispatchEvent(new Event("input"));
        out.moved = before !== fills();
        out.said = document.querySelector("output").textContent;
        point(rect, 50, 50);
        out.later = tip();
        const map = JSON.parse(document.querySelector(".map script").textContent);
        out.expected = [map.peak[7], map.frames[2][7]];
        all(".pressure button").find((b) => b.textContent === "heel").click();
        out.heel = document.querySelector(".largest").textContent;
        out.heelExpected = Math.max(...map.frames[2].filter((v, i) => map.region[i] === "heel"));
        const table = all("table.sort")[0];
        const column = () => [...table.tBodies[0].rows].map((r) => r.cells[1].textContent);
        table.tHead.rows[0].cells[1].click();
        out.rising = column();
        table.tHead.rows[0].cells[1].click();
        out.falling = column();
        return out;""",
        fragment="instant=5",
    )
    assert found.get("error") is None and found["thrown"] == []
    assert found["ready"] == "ready"
    assert found["asked"] == "40 % of stance", "the address names an instant"
    assert {".bar", ".tip", "nav"} <= set(found["paper"].replace(" ", "").split(",")), "controls"
    assert "stance (%): 50" in found["curve"] and "L4-L5" in found["curve"]
    assert f"{found['value']:.4g}" in found["curve"]
    assert "L4-L5" not in found["without"] and found["display"] == "none"
    peak, later = found["expected"]
    assert found["cell"].startswith(f"{peak} kPa") and found["later"].startswith(f"{later} kPa")
    assert found["moved"] and found["said"] == "20 % of stance"
    assert found["heel"] == f"heel {found['heelExpected']} kPa"
    for given, sign in ((found["rising"], 1.0), (found["falling"], -1.0)):
        numbers = [sign * float(text.split()[0]) for text in given if text != "–"]
        assert numbers == sorted(numbers) and len(numbers) > 3
        assert given[len(numbers) :] == ["–"] * (len(given) - len(numbers)), "absent ones last"


def test_the_report_prints(page: Path, tmp_path: Path) -> None:
    data = printed(page, tmp_path).read_bytes()
    assert data.startswith(b"%PDF") and len(data) > 20_000


def test_a_comparison_says_stress_and_hides_what_is_small(tmp_path: Path) -> None:
    browser()
    folders = [
        make_result(tmp_path / name, np.array([0.0, 20.0, 50.0]), np.array([20.0])) for name in "ab"
    ]
    assert main(["compare", *map(str, folders), "-o", str(tmp_path / "out")]) == 0
    found = driven(
        tmp_path / "out" / "compare.html",
        tmp_path,
        HELPERS
        + """
        const out = {thrown: window.thrown, maps: all(".raster").length};
        const map = document.querySelector(".raster"), image = map.querySelector("img");
        image.scrollIntoView();
        const data = JSON.parse(map.querySelector("script").textContent);
        const levels = Uint8Array.from(atob(data.levels), (c) => c.charCodeAt(0));
        const best = levels.findIndex((v) => v > 60 && v < 255);
        const frame = image.getBoundingClientRect();
        const column = best % data.columns, row = Math.floor(best / data.columns);
        point(image, frame.left + (column + 0.5) / data.columns * frame.width,
              frame.top + (row + 0.5) / data.rows * frame.height);
        out.said = tip();
        out.value = (levels[best] - 1) / 254 * data.top;
        out.width = image.naturalWidth === data.columns && image.naturalHeight === data.rows;
        const rows = () => all("table.verdicts tbody tr").filter((r) => !r.hidden).length;
        out.rows = rows();
        document.querySelector("input[type=checkbox]").click();
        out.left = rows();
        return out;""",
    )
    assert found.get("error") is None and found["thrown"] == []
    assert found["maps"] >= 2 and found["width"]
    assert float(found["said"].split()[0]) == pytest.approx(found["value"], rel=1e-3)
    assert found["rows"] > 30 and found["left"] == 0, "the two runs are one"

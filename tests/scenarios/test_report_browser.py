# SPDX-License-Identifier: MIT
"""Report and comparison in a real browser: the script does what the page offers."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.cli import main
from scenarios.figures import style
from scenarios.figures.gallery import Gallery, _lumbar, _pressure, _save
from scenarios.figures.inputs import read_result
from scenarios.report import report_text
from scenarios.summary import read_summary
from tests.helpers.browser import ABSENT, CHROMIUM, Tab, open_page
from tests.scenarios.synthetic import make_result

pytestmark = [pytest.mark.group, pytest.mark.skipif(CHROMIUM is None, reason=ABSENT)]

READY = "document.documentElement?.dataset.script === 'ready'"
TIP = "(() => { const t = document.querySelector('.tip'); return t.hidden ? null : t.innerText })()"
HELPERS = """
const all = (s, root = document) => [...root.querySelectorAll(s)];
const data = (e) => JSON.parse(e.querySelector("script").textContent);
const middle = (b) => [b.x + b.width / 2, b.y + b.height / 2];
"""


async def asked(tab: Tab, body: str) -> Any:
    """What the body of a function returns in the page."""
    return await tab.evaluate(f"(() => {{ {HELPERS} {body} }})()")


async def pointed(tab: Tab, body: str) -> str | None:
    """What the page says with the pointer at the place (x, y) that a body returns."""
    x, y = await asked(tab, body)
    await tab.mouse("mouseMoved", x, y)
    said = await tab.evaluate(TIP)
    return said if said is None else str(said)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of curves and pressure; bodies would only take time."""
    folder = make_result(
        tmp_path_factory.mktemp("browser") / "walk", np.arange(0.0, 101.0, 10.0), np.array([])
    )
    view = read_result(folder, read_summary(folder))
    with style.paper():
        pictures = [_save(view, each) for draw in (_pressure, _lumbar) for each in draw(view)]
    path = folder / "report.html"
    path.write_text(report_text(view, Gallery(tuple(pictures), ())), encoding="utf-8")
    return path


def test_the_report_says_values_shows_instants_and_sorts(page: Path) -> None:
    asyncio.run(_report(page))


async def _report(page: Path) -> None:
    async with open_page(f"{page.as_uri()}#instant=5") as tab:
        await tab.until(READY)
        output = "document.querySelector('output').textContent"
        assert await tab.evaluate(output) == "40 % of stance", "the address names an instant"
        await _curves(tab)
        await _cells(tab)
        await _tables(tab)
        await tab.call("Emulation.setEmulatedMedia", media="print")
        assert await asked(
            tab,
            "return all('nav, .bar, .tip').every((e) => getComputedStyle(e).display === 'none')",
        ), "no controls on paper"
        paper = base64.b64decode((await tab.call("Page.printToPDF"))["data"])
        assert paper.startswith(b"%PDF") and len(paper) > 20_000
        assert tab.problems == []


async def _curves(tab: Tab) -> None:
    chart = 'const chart = all("figure.chart").find((f) => f.innerText.includes("Lumbar force"));'
    middle = f"""{chart}
        const svg = chart.querySelector("svg"), found = data(chart), box = found.panels[0].box;
        svg.scrollIntoView();
        const frame = svg.getBoundingClientRect();
        return [frame.left + (0.5 * (box[0] + box[2]) / found.size[0]) * frame.width,
                frame.top + (0.5 * (box[1] + box[3]) / found.size[1]) * frame.height];"""
    value = await asked(
        tab,
        f'{chart} return data(chart).panels[0].curves.find((c) => c.name === "L4-L5").y[5];',
    )
    said = await pointed(tab, middle)
    assert said is not None and "stance (%): 50" in said
    assert f"L4-L5  {value:.4g}" in said
    await asked(tab, f'{chart} all("button", chart).find((b) => b.innerText === "L4-L5").click();')
    said = await pointed(tab, middle)
    assert said is not None and "L4-L5" not in said and "L5-S1" in said
    drawn = await asked(
        tab,
        f"""{chart} return data(chart).panels.flatMap((p) => p.curves).filter(
            (c) => getComputedStyle(document.getElementById(c.id)).display === "none")
            .map((c) => c.name);""",
    )
    assert set(drawn) == {"L4-L5"} and len(drawn) == 6, "left out of every panel"


async def _cells(tab: Tab) -> None:
    values = await asked(tab, 'return data(document.querySelector(".map"));')
    index = int(np.argmax(values["peak"]))
    cell = f"""const cell = all(".cells rect")[{index}];
        cell.scrollIntoView({{block: "center"}});
        return middle(cell.getBoundingClientRect());"""

    async def slid(to: int) -> str:
        await asked(
            tab,
            f"""const slider = document.querySelector("input[type=range]");
            slider.value = {to}; slider.dispatchEvent(new Event("input"));""",
        )
        fill = await asked(tab, f'return all(".cells rect")[{index}].getAttribute("fill");')
        return str(fill)

    peak, early = await slid(0), await slid(3)
    assert peak != early
    said = await pointed(tab, cell)
    shown = f"{values['frames'][2][index]} kPa, {values['region'][index]}"
    assert said is not None and said.strip() == shown
    await asked(tab, 'all(".pressure button").find((b) => b.innerText === "heel").click();')
    pairs = zip(values["frames"][2], values["region"], strict=True)
    heel = max(value for value, region in pairs if region == "heel")
    assert await asked(tab, 'return document.querySelector(".largest").innerText;') == (
        f"heel {heel} kPa"
    )


async def _tables(tab: Tab) -> None:
    for sign in (1.0, -1.0):
        column = await asked(
            tab,
            """const table = all("table.sort")[0];
            table.tHead.rows[0].cells[1].click();
            return [...table.tBodies[0].rows].map((r) => r.cells[1].innerText);""",
        )
        numbers = [sign * float(text.split()[0]) for text in column if text != "–"]
        assert numbers == sorted(numbers) and len(numbers) > 3
        assert column[len(numbers) :] == ["–"] * (len(column) - len(numbers)), "absent ones last"


def test_a_comparison_says_stress_and_hides_what_is_small(tmp_path: Path) -> None:
    folders = [
        make_result(tmp_path / name, np.array([0.0, 20.0, 50.0]), np.array([20.0])) for name in "ab"
    ]
    assert main(["compare", *map(str, folders), "-o", str(tmp_path / "out")]) == 0
    asyncio.run(_comparison(tmp_path / "out" / "compare.html"))


async def _comparison(page: Path) -> None:
    async with open_page(page.as_uri()) as tab:
        await tab.until(READY)
        found = """const map = document.querySelector(".raster"), stored = data(map);
            const levels = Uint8Array.from(atob(stored.levels), (c) => c.charCodeAt(0));
            const near = [1, -1, stored.columns, -stored.columns];
            const best = levels.findIndex(
              (v, i) => v > 60 && v < 255 && near.every((step) => levels[i + step] !== v));
            const image = map.querySelector("img");"""
        value, whole = await asked(
            tab,
            f"""{found} return [(levels[best] - 1) / 254 * stored.top,
            image.naturalWidth === stored.columns && image.naturalHeight === stored.rows];""",
        )
        said = await pointed(
            tab,
            f"""{found} image.scrollIntoView();
            const frame = image.getBoundingClientRect();
            const row = Math.floor(best / stored.columns), column = best % stored.columns;
            return [frame.left + (column + 0.5) / stored.columns * frame.width,
                    frame.top + (row + 0.5) / stored.rows * frame.height];""",
        )
        assert whole and said is not None
        assert float(said.split()[0]) == pytest.approx(value, rel=1e-3)
        rows = 'return all("table.verdicts tbody tr").filter((r) => !r.hidden).length;'
        assert await asked(tab, rows) > 30
        await asked(tab, 'document.querySelector("input[type=checkbox]").click();')
        assert await asked(tab, rows) == 0, "the two runs are one"
        assert tab.problems == []

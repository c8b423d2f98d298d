# SPDX-License-Identifier: MIT
"""The real page in a real browser: the picture comes, controls move it, files come back."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.helpers.browser import ABSENT, CHROMIUM, Tab, open_page
from tests.helpers.real_command import NO_MPI, PROJECT

pytestmark = pytest.mark.slow
browser = pytest.mark.skipif(CHROMIUM is None, reason=ABSENT)
PICTURE = "document.querySelector('img[src^=blob]')"
"""The picture in the page is replaced by each that the server sends."""


@contextmanager
def served(*arguments: object) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command with its page's address; ended at the end if it still runs."""
    command = [sys.executable, "-m", "scenarios.cli", "view", *map(str, arguments), "--no-browser"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**NO_MPI, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said = []
        try:
            while line := process.stdout.readline():
                said.append(line)
                found = re.search(r"http://\S+", line)
                if found:
                    yield found[0], process
                    break
            else:
                pytest.fail("".join(said))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Exit code and last words after a signal."""
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_on_a_signal(walk: Path, number: int) -> None:
    with served(walk) as (address, process):
        port = re.search(r":(\d+)/", address)
        assert port is not None
        taken = subprocess.run(
            [sys.executable, "-m", "scenarios.cli", "view", walk, "--port", port[1]],
            cwd=PROJECT,
            env=NO_MPI,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert taken.returncode == 2
        assert f"port {port[1]} of localhost cannot be had" in taken.stderr
        code, out = ended(process, number)
    assert code == 0, out
    assert "Traceback" not in out
    assert out.splitlines()[-1] == "ended"


async def picture(tab: Tab) -> np.ndarray:
    """The part of the page where the picture is, without its words."""
    image = iio.imread(io.BytesIO(await tab.screenshot()))[:, :, :3].astype(int)
    return image[110:540, 330:]


async def changed(tab: Tab, before: np.ndarray) -> np.ndarray:
    """The picture when it has become another and stands still."""
    last = before
    for _ in range(200):
        await asyncio.sleep(0.15)
        now = await picture(tab)
        if np.mean(np.abs(now - before)) > 0.3 and np.array_equal(now, last):
            return now
        last = now
    raise AssertionError(f"the picture stays; {tab.problems}")


async def downloaded(tab: Tab, name: str) -> Path:
    for _ in range(600):
        path = tab.downloads / name
        if path.exists() and path.stat().st_size > 0:
            return path
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {name} in {[p.name for p in tab.downloads.iterdir()]}")


@browser
@pytest.mark.group
def test_the_page_in_a_browser(walk: Path, tmp_path: Path) -> None:
    async def use(address: str) -> None:
        async with open_page(address) as tab:
            await tab.until(f"{PICTURE} && {PICTURE}.naturalWidth > 100")
            blank = np.full_like(await picture(tab), 255)
            first = await changed(tab, blank)
            words = await tab.evaluate("document.body.innerText")
            for word in ("von Mises stress (MPa)", "70 kg, 1.75 m", "50 % of stance", "insole"):
                assert word in words
            # The address no longer shows the word that opened the page.
            assert "secret" not in await tab.evaluate("location.href")

            # A key on the slider of time, as a hand would move it.
            await tab.evaluate("document.querySelector('.time [role=slider]').focus()")
            for kind in ("keyDown", "keyUp"):
                await tab.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight")
            later = await changed(tab, first)
            await tab.until("document.body.innerText.includes('90 % of stance')")

            await tab.click_on(".show-body", 0)
            bare = await changed(tab, later)
            await tab.click_on(".show-body", 0)
            again = await changed(tab, bare)
            assert np.mean(np.abs(again - later)) < 0.5

            await tab.click_on(".picture")
            await tab.until("document.querySelectorAll('.probe tr').length > 2")
            assert " mm" in await tab.evaluate("document.querySelector('.probe').innerText")

            await tab.click_on(".keep-png")
            kept = iio.imread(await downloaded(tab, "solespine.png"))
            assert kept.shape[0] > 300
            assert kept.std() > 10
            await tab.click_on(".keep-gif")
            film = iio.imread(await downloaded(tab, "solespine.gif"))
            assert film.shape[0] == 3
            await tab.click_on(".play")
            await tab.until("document.body.innerText.includes('10 % of stance')")
            await tab.click_on(".play")
            assert not tab.problems

    with served(walk) as (address, process):
        asyncio.run(use(address))
        code, out = ended(process, signal.SIGINT)
    assert code == 0, out
    assert "Traceback" not in out


@browser
@pytest.mark.group
def test_the_page_stays_shut_without_the_word(walk: Path) -> None:
    async def look(address: str) -> str:
        async with open_page(address) as tab:
            await asyncio.sleep(4.0)
            return str(await tab.evaluate("document.body.innerText"))

    with served(walk, walk) as (address, _):
        words = asyncio.run(look(address.partition("?")[0]))
    assert "stance" not in words
    assert "kg" not in words

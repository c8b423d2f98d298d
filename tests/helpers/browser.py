# SPDX-License-Identifier: MIT
"""A real headless Chromium, steered through its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium")
ABSENT = "no chromium here: SOLESPINE_GROUPS=browser env/run brings it"
START_S, WAIT_S = 60.0, 60.0
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0", "--mute-audio"),
)


class Tab:
    """One page of the browser.

    Args:
        socket: to its DevTools.
        downloads: folder where the page's downloads go.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, downloads: Path) -> None:
        self._socket = socket
        self._last = 0
        self.downloads = downloads
        self.problems: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol; what the page complains of meanwhile is kept in `problems`."""
        self._last += 1
        await self._socket.send_json({"id": self._last, "method": method, "params": parameters})
        while True:
            answer = json.loads((await self._socket.receive(timeout=WAIT_S)).data)
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            if answer.get("method") == "Runtime.exceptionThrown":
                self.problems.append(str(answer["params"]["exceptionDetails"]))

    async def evaluate(self, script: str) -> Any:
        """Value of a JavaScript expression."""
        found = await self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, (script, found["exceptionDetails"])
        return found["result"].get("value")

    async def until(self, script: str, seconds: float = WAIT_S) -> Any:
        """First true value of an expression."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            value = await self.evaluate(script)
            if value:
                return value
            await asyncio.sleep(0.1)
        raise AssertionError(f"never true in {seconds} s: {script}; {self.problems}")

    async def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """One event of the mouse, such as ``mousePressed``."""
        await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    async def click(self, x: float, y: float) -> None:
        """Press and release the left button."""
        await self.mouse("mouseMoved", x, y)
        await self.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
        await asyncio.sleep(0.1)
        await self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    async def click_on(self, selector: str, index: int = 0) -> None:
        """Click the middle of an element, scrolled into sight."""
        x, y = await self.evaluate(
            f"(() => {{ const e = document.querySelectorAll({selector!r})[{index}]; "
            "e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect(); "
            "return [b.x + b.width / 2, b.y + b.height / 2] })()"
        )
        await self.click(x, y)

    async def screenshot(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def open_page(address: str, width: int = 1280, height: int = 800) -> AsyncIterator[Tab]:
    """The page at an address in a browser of its own, which ends with it."""
    assert CHROMIUM is not None, ABSENT
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as name:
        profile = Path(name)
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *_FLAGS,
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            port = await asyncio.wait_for(_debugging_port(process), START_S)
            drain = asyncio.create_task(_drain(process))
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [p for p in await answer.json() if p["type"] == "page"]
                async with session.ws_connect(
                    pages[0]["webSocketDebuggerUrl"], max_msg_size=1 << 26
                ) as socket:
                    tab = Tab(socket, profile)
                    await tab.call("Runtime.enable")
                    await tab.call("Page.enable")
                    await tab.call(
                        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(profile)
                    )
                    await tab.call(
                        "Emulation.setDeviceMetricsOverride",
                        width=width,
                        height=height,
                        deviceScaleFactor=1,
                        mobile=False,
                    )
                    await tab.call("Page.navigate", url=address)
                    yield tab
            drain.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _debugging_port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        found = re.search(rb"DevTools listening on ws://127\.0\.0\.1:(\d+)/", line)
        if found:
            return int(found[1])
    raise AssertionError("chromium ended before it listened")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.read(1 << 16):
        pass

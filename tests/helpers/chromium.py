# SPDX-License-Identifier: MIT
"""A real browser without a screen: opens a page, drives it, and gives back what it holds then."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120
FOUND = "driven"


def browser() -> str:
    """The browser's command; skips the test where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip("no chromium here: SOLESPINE_GROUPS=browser env/run brings it")


def driven(page: Path, folder: Path, script: str, fragment: str = "") -> dict[str, Any]:
    """What a script finds in a page after its own scripts have run.

    Args:
        page: HTML file; a copy is opened, with the script at its end.
        folder: for the copy and the browser's profile.
        script: body of a function that returns plain data.
        fragment: of the address, without the sign.

    Returns:
        What the function returned, and under ``error`` what it or the page threw.
    """
    holder = f"""<script>
    const found = document.createElement("pre");
    found.id = "{FOUND}";
    let result = {{}};
    try {{ result = (() => {{ {script} }})(); }}
    catch (error) {{ result = {{error: String(error)}}; }}
    found.textContent = JSON.stringify(result);
    document.body.append(found);
    </script></body>"""
    # The errors of the page's own script come before the holder is reached.
    watch = (
        "<script>window.thrown = [];"
        'window.addEventListener("error", (event) => thrown.push(event.message));</script>'
    )
    text = page.read_text(encoding="utf-8")
    copy = folder / f"driven_{page.name}"
    head, _, tail = text.partition("<head>")
    body, _, end = tail.rpartition("</body>")
    copy.write_text(f"{head}<head>{watch}{body}{holder}{end}", encoding="utf-8")
    done = run_browser(
        folder, "--virtual-time-budget=4000", "--dump-dom", f"{copy.as_uri()}#{fragment}"
    )
    match = re.search(rf'<pre id="{FOUND}">(.*?)</pre>', done, flags=re.DOTALL)
    assert match is not None, "the page did not come to its end"
    result = json.loads(match[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert isinstance(result, dict)
    return result


def printed(page: Path, folder: Path) -> Path:
    """The page as a PDF, as a user prints it."""
    path = folder / "printed.pdf"
    run_browser(folder, f"--print-to-pdf={path}", "--no-pdf-header-footer", page.as_uri())
    return path


def run_browser(folder: Path, *arguments: str) -> str:
    """Standard output of the browser, with a profile of its own and no network."""
    command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]
    command += ["--window-size=1200,900", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout

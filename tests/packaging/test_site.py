# SPDX-License-Identifier: MIT
"""The documentation as a site: every page is in the menu, no link or anchor leads nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=PROJECT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    pages = {path.relative_to(PROJECT / "docs") for path in (PROJECT / "docs").rglob("*.md")}
    for page in pages:
        assert (site / page.with_suffix(".html")).is_file(), page
    reference = (site / "reference" / "scenarios.html").read_text(encoding="utf-8")
    assert 'id="scenarios.api.load"' in reference and "Raises" in reference
    # It is read without a network, too.
    assert "fonts.googleapis" not in (site / "index.html").read_text(encoding="utf-8")

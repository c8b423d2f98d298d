# SPDX-License-Identifier: MIT
"""The table of scenario keys for the documentation, made from the schema.

``python -m scenarios.key_table FILE`` renews the table between its marks in a
Markdown file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.keys import Key, scenario_keys
from scenarios.marked_text import between_marks

BEGIN = "<!-- begin: keys, made by python -m scenarios.key_table -->"
END = "<!-- end: keys -->"
LIKE_INSOLE = "baseline"


def key_tables() -> str:
    """Markdown tables of every key, one a TOML table; [baseline] is described in words."""
    groups: dict[str, list[Key]] = {}
    for key in scenario_keys():
        groups.setdefault(key.name.rpartition(".")[0].partition("[")[0], []).append(key)
    blocks = []
    for table, keys in groups.items():
        title = f"### `[{table}]`" if table else "### Top level"
        if table in ("insole.layers", "insole.zones"):
            title = f"### Entries of `{table}`"
        if table.startswith(f"{LIKE_INSOLE}."):
            continue
        if table == LIKE_INSOLE:
            keys = [key for key in keys if key.name.endswith("calibration_dir")]
            title += "\n\nThe keys of `[insole]`, or:"
        rows = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
        rows += [
            f"| `{key.name.rpartition('.')[2]}` | {key.default or 'must be given'} "
            f"| {key.allowed} | {key.description} |"
            for key in keys
        ]
        blocks.append(f"{title}\n\n" + "\n".join(rows))
    return "\n\n".join(blocks)


def renewed(text: str) -> str:
    """A Markdown text with the table between its marks made anew.

    Raises:
        ValueError: the marks are not there.
    """
    return between_marks(text, BEGIN, END, key_tables())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")

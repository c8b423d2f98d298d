# SPDX-License-Identifier: MIT
"""The table of scenario keys for the documentation, made from the schema.

``python -m scenarios.key_table FILE`` renews the table between its marks in a
Markdown file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from scenarios.keys import Key, keys_of, scenario_keys
from scenarios.marked_text import between_marks
from scenarios.optimise.study import Search
from scenarios.sweep.study import Study

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
        blocks.append(f"{title}\n\n{_rows(keys)}")
    return "\n\n".join(blocks)


def study_tables() -> str:
    """The same of a study."""
    return _tables_of(keys_of(Study))


def search_tables() -> str:
    """What a search has beside the keys of a study."""
    ours = ("factors[]", "goals[]", "constraints[]", "search")
    drawn = ("distribution", "mean", "sd", "mode")  # which a search refuses
    names = [(key, *key.name.rpartition(".")[::2]) for key in keys_of(Search)]
    return _tables_of(key for key, table, last in names if table in ours and last not in drawn)


def _tables_of(keys: Iterable[Key]) -> str:
    groups: dict[str, list[Key]] = {}
    for key in keys:
        groups.setdefault(key.name.rpartition(".")[0], []).append(key)
    blocks = (f"{_title(table)}\n\n{_rows(keys)}" for table, keys in groups.items())
    return "\n\n".join(blocks)


def _title(table: str) -> str:
    if table.endswith("[]"):
        return f"### Entries of `[[{table.removesuffix('[]')}]]`"
    return f"### `[{table}]`" if table else "### Top level"


def _rows(keys: Iterable[Key]) -> str:
    rows = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{key.name.rpartition('.')[2]}` | {key.default or 'must be given'} "
        f"| {key.allowed} | {key.description} |"
        for key in keys
    ]
    return "\n".join(rows)


def renewed(text: str, tables: Callable[[], str] = key_tables) -> str:
    """A Markdown text with the table between its marks made anew.

    Args:
        text: with the marks.
        tables: what makes it.

    Raises:
        ValueError: the marks are not there.
    """
    return between_marks(text, BEGIN, END, tables())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    made = {"sweep": study_tables, "optimise": search_tables}.get(file.stem, key_tables)
    file.write_text(renewed(file.read_text(encoding="utf-8"), made), encoding="utf-8")

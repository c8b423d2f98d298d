"""Hook of mkdocs: pages that the menu does not name go to the end of their section."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SECTIONS = {
    "Tutorials": "tutorials",
    "Guide": "guide",
    "Theory": "theory",
    "Decisions": "decisions",
    "Reference": "reference",
}


def on_config(config: Any) -> Any:
    """Complete the menu, so that a new page needs no second place."""
    docs = Path(config["docs_dir"])
    for section in config["nav"]:
        for title, pages in section.items():
            folder = SECTIONS.get(title)
            if folder is not None:
                named = {p if isinstance(p, str) else next(iter(p.values())) for p in pages}
                found = (f"{folder}/{file.name}" for file in sorted((docs / folder).glob("*.md")))
                pages += [page for page in found if page not in named]
    return config

# SPDX-License-Identifier: MIT
"""Flags of the commands that help to begin: new, schema, completion."""

from __future__ import annotations

import argparse

ANALYSES = ("standing", "stance", "impact")
READERS = ("designer", "engineer", "researcher")
SHELLS = ("bash", "zsh", "fish", "tcsh")

NEW_EPILOG = """\
Beside FILE goes scenario.schema.json (study., search.), by which editors such as VS Code with
Even Better TOML complete keys, explain them and mark what is wrong.

examples:
  solespine new
  solespine new insole.toml --for designer
  solespine new shock.toml --analysis impact --for engineer
  solespine new study.toml --study     for solespine sweep
  solespine new best.toml --search     for solespine optimise
"""

SCHEMA_EPILOG = """\
examples:
  solespine schema > scenario.schema.json
  solespine schema --study > study.schema.json
  solespine schema --search > search.schema.json
"""

COMPLETION_EPILOG = """\
For this shell session, and for good:
  bash   source <(solespine completion bash)
         solespine completion bash > ~/.local/share/bash-completion/completions/solespine
  zsh    solespine completion zsh > ~/.zfunc/_solespine    (a folder of $fpath)
  fish   solespine completion fish > ~/.config/fish/completions/solespine.fish
  tcsh   solespine completion tcsh > ~/.solespine.tcsh; source ~/.solespine.tcsh
"""


def new(parser: argparse.ArgumentParser) -> None:
    """Flags of ``new``."""
    parser.add_argument(
        "file",
        metavar="FILE.toml",
        nargs="?",
        help="where it goes (default: scenario.toml, study.toml or search.toml)",
    )
    parser.add_argument(
        "--analysis", choices=ANALYSES, default="standing", help="what is simulated"
    )
    parser.add_argument(
        "--for",
        dest="reader",
        choices=READERS,
        help="keys shown: of shape (designer), of materials and numerics (engineer), or all "
        "(researcher, the default)",
    )
    _kind(parser)


def schema(parser: argparse.ArgumentParser) -> None:
    """Flags of ``schema``."""
    _kind(parser)


def _kind(parser: argparse.ArgumentParser) -> None:
    """What the file describes: a scenario where neither flag is given."""
    parser.set_defaults(file_kind="scenario")
    kinds = parser.add_mutually_exclusive_group()
    for kind, text in (("study", "of many cases"), ("search", "of the best design")):
        kinds.add_argument(
            f"--{kind}", dest="file_kind", action="store_const", const=kind, help=text
        )


def completion(parser: argparse.ArgumentParser) -> None:
    """Flags of ``completion``."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))

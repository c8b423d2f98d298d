# SPDX-License-Identifier: MIT
"""Completion of the command line, asked of the shells that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import shtab

from scenarios.cli.completion import script
from scenarios.cli.first_steps_arguments import SHELLS
from scenarios.cli.parser import COMMANDS, build_parser
from scenarios.source import library_names

BASH = """\
source ./script
words=("$@")
COMP_WORDS=("${words[@]}"); COMP_CWORD=$(( ${#words[@]} - 1 )); COMPREPLY=()
eval "$(complete -p solespine | sed 's/.*-F \\([^ ]*\\) .*/\\1/') solespine"
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "source ./script; complete -C (string join ' ' -- $argv) | string split -f 1 \\t"

ASKED = [
    ("", set(COMMANDS)),
    ("ru", {"run"}),
    ("run w", {"walking"}),
    ("check mi", {"mine.toml"}),
    ("run walking --reso", {"--resolution"}),
    ("run walking --resolution ", {"coarse", "standard", "fine"}),
    ("run walking -o fol", {"folder"}),
    ("run walking --set insole.thi", {"insole.thickness_mm="}),
    ("insole exp", {"export"}),
    ("materials show cork_", {"cork_eva"}),
    ("report fo", {"folder"}),
    ("sweep mi", {"mine.toml"}),
    ("new x.toml --for d", {"designer"}),
    ("completion z", {"zsh"}),
]


def answers(shell: str, folder: Path, line: str) -> set[str]:
    command = {"bash": ["bash", "-c", BASH, "bash"], "fish": ["fish", "-c", FISH]}[shell]
    found = subprocess.run(
        [*command, "solespine", *line.split(" ")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stderr == ""
    return {word.rstrip("/") for word in found.stdout.splitlines() if word}


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_the_shell_answers(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (tmp_path / "script").write_text(script(shell))
    (tmp_path / "folder").mkdir()
    for name in ("mine.toml", "mine.txt"):
        (tmp_path / name).touch()
    for line, expected in ASKED:
        found = answers(shell, tmp_path, line)
        # fish has files of other kinds too, behind those of the kind asked for.
        assert found - ({"mine.txt"} if shell == "fish" else set()) == expected, line


def test_every_shell_has_a_script_with_all_commands() -> None:
    assert set(SHELLS) <= set(shtab.SUPPORTED_SHELLS)
    for shell in SHELLS:
        made = script(shell)
        for word in (*COMMANDS, *library_names(), "insole.heel_lift_mm="):
            assert word in made, (shell, word)


def test_commands_are_those_of_the_parser() -> None:
    choices = next(a.choices for a in build_parser()._actions if a.dest == "command")
    assert set(choices or ()) == set(COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_is_one_that_the_shell_can_read(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    (tmp_path / "script").write_text(script(shell))
    subprocess.run([shell, "-n", "script"], cwd=tmp_path, check=True, capture_output=True)

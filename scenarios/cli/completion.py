# SPDX-License-Identifier: MIT
"""Completion of the command line in a shell: commands, flags, files, scenarios, keys, materials.

What an argument takes follows from the name that its help shows: ``SCENARIO``, ``DIR``,
``FILE.toml``. shtab writes the script.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

import shtab

from materials.library import names
from scenarios.cli.parser import build_parser
from scenarios.keys import scenario_keys
from scenarios.source import library_names

Shells = Mapping[str, str]

_BASH_WORDS = """\
_solespine_{name}() {{
  compgen -W "{words}" -- "$1"
}}
"""
_BASH_FILES = """\
_solespine_toml_files() {
  compgen -f -X '!*.toml' -- "$1"
  compgen -d -- "$1"
}
_solespine_scenario_files() {
  _solespine_scenarios "$1"
  _solespine_toml_files "$1"
}
"""
_BASH_END = """\

# A key goes on with its value: no space after KEY=
_solespine() {
  _shtab_solespine "$@"
  if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o bashdefault -F _solespine solespine
"""
_ZSH = """\
_solespine_scenario_files() {{
  _alternative 'scenarios:scenario:({scenarios})' 'files:file:_files -g "*.toml"'
}}
_solespine_keys() {{
  compadd -S '' -- {keys}
}}
"""
_KINDS: Mapping[str, str] = {
    "SCENARIO": "scenario",
    "SCENARIO|DIR": "scenario",
    "DIR|SCENARIO": "scenario",
    "STUDY": "toml",
    "FILE.toml": "toml",
    "KEY=VALUE": "key",
    "NAME": "material",
    "DIR": "folder",
    "FOLDER": "folder",
}
"""What the argument of a name is; other names with FILE or DATA are files."""


def script(shell: str) -> str:
    """The completion script of a shell.

    Args:
        shell: one of `scenarios.cli.first_steps_arguments.SHELLS`.
    """
    parser = build_parser()
    words = _words()
    candidates = _candidates(words)
    for action in _actions(parser):
        kind = _kind(action)
        if kind:
            action.complete = candidates[kind]  # type: ignore[attr-defined]
    made = str(shtab.complete(parser, shell, preamble=_preamble(words)))
    return f"{made}\n{_BASH_END}" if shell == "bash" else made


def _words() -> dict[str, str]:
    keys = (key.name for key in scenario_keys() if "[" not in key.name)
    return {
        "scenarios": " ".join(library_names()),
        "keys": " ".join(f"{name}=" for name in keys),
        "materials": " ".join(names()),
    }


def _preamble(words: Mapping[str, str]) -> Shells:
    bash = "".join(_BASH_WORDS.format(name=name, words=found) for name, found in words.items())
    return {"bash": bash + _BASH_FILES, "zsh": _ZSH.format(**words), "fish": "", "tcsh": ""}


def _candidates(words: Mapping[str, str]) -> dict[str, Shells]:
    """What completes each kind of argument, by shell."""
    toml_in_fish = "(__fish_complete_suffix .toml)"
    return {
        "file": shtab.FILE,
        "folder": shtab.DIRECTORY,
        "toml": {
            "bash": "_solespine_toml_files",
            "zsh": "_files -g '*.toml'",
            "fish": toml_in_fish,
            "tcsh": "f:*.toml",
        },
        "scenario": {
            "bash": "_solespine_scenario_files",
            "zsh": "_solespine_scenario_files",
            "fish": f"{words['scenarios']} {toml_in_fish}",
            "tcsh": f"({words['scenarios']})",
        },
        "key": {
            "bash": "_solespine_keys",
            "zsh": "_solespine_keys",
            "fish": words["keys"],
            "tcsh": f"({words['keys']})",
        },
        "material": {
            "bash": "_solespine_materials",
            "zsh": f"({words['materials']})",
            "fish": words["materials"],
            "tcsh": f"({words['materials']})",
        },
    }


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments of a parser and of its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)


def _kind(action: argparse.Action) -> str:
    """What an argument takes; empty of a flag, a choice, a number or a word."""
    name = action.metavar if isinstance(action.metavar, str) else ""
    if action.choices is not None or action.nargs == 0:
        return ""
    if name == "NAME" and action.option_strings:  # a new name, not one of the library
        return ""
    if name == "DIR" and action.nargs == "+":  # a measured file may stand first
        return "file"
    return _KINDS.get(name, "file" if name.startswith(("FILE", "DATA")) else "")

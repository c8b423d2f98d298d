# SPDX-License-Identifier: MIT
"""The command ``solespine``.

Nothing heavy is imported here: ``--help`` must come at once. Each command imports
what it needs when it is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from scenarios.cli.parser import Arguments, build_parser
from scenarios.errors import CommandError, Interrupted
from scenarios.launch import exit_code_of_all, is_speaker

BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: arguments without the program's name, by default those of the process.

    Returns:
        0 done, 2 wrong input, 3 not converged, 130 interrupted, else a failure.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = build_parser().parse_args(given, namespace=Arguments(argv=given))
        code = _call(arguments)
        sys.stdout.flush()
    except CommandError as error:
        if is_speaker():
            print(f"solespine: {error}", file=sys.stderr)
        return exit_code_of_all(error.exit_code)
    except KeyboardInterrupt:
        return Interrupted.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def _call(arguments: Arguments) -> int:
    """Import and call the command's function."""
    if arguments.command in ("run", "mesh", "check"):
        from scenarios.cli import study

        return int(getattr(study, arguments.command)(arguments))
    if arguments.command in ("new", "schema", "completion"):
        from scenarios.cli import first_steps

        return int(getattr(first_steps, arguments.command)(arguments))
    if arguments.command == "sweep":
        from scenarios.cli import sweep

        return sweep.sweep(arguments)
    if arguments.command == "optimise":
        from scenarios.cli import optimise

        return optimise.optimise(arguments)
    if arguments.command == "insole" and arguments.action == "export":
        from scenarios.cli import insole

        return insole.export(arguments)
    if arguments.command == "insole" and arguments.action in ("suggest", "wearing-in"):
        from scenarios.cli import followup

        return int(getattr(followup, arguments.action.replace("-", "_"))(arguments))
    if arguments.command == "materials" and arguments.action in ("fit", "shore"):
        from scenarios.cli import fit

        return int(getattr(fit, arguments.action)(arguments))
    if arguments.command == "materials":
        from scenarios.cli import library

        return library.materials(arguments)
    if arguments.command == "view":
        from scenarios.cli import view

        return view.view(arguments)
    from scenarios.cli import results

    return int(getattr(results, arguments.command)(arguments))

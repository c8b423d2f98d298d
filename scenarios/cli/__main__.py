# SPDX-License-Identifier: MIT
"""``python -m scenarios.cli`` is the command ``solespine``."""

import sys

from scenarios.cli import main

if __name__ == "__main__":
    sys.exit(main())

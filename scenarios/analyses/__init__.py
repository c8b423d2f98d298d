# SPDX-License-Identifier: MIT
"""The analyses: each module has ``run(context) -> Summary``."""

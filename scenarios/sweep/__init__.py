# SPDX-License-Identifier: MIT
"""Studies of many cases: factors, designs, cases that run on their own, one table of results."""

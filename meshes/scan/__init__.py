# SPDX-License-Identifier: MIT
"""A personal foot from a surface scan of a foot, a cast or an imprint of it."""

# SPDX-License-Identifier: MIT
"""solespine beside CalculiX on one mesh, one law and one load, in one run; see ``__main__``."""

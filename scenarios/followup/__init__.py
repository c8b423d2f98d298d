# SPDX-License-Identifier: MIT
"""After an insole is made: visits compared, changes suggested, the hours of wearing it in."""

# SPDX-License-Identifier: MIT
"""What a candidate changes in posture and lumbar moments, against its baseline."""

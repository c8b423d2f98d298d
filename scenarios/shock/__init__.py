# SPDX-License-Identifier: MIT
"""What an impact sends up the body: time histories in, measures and spectra out."""

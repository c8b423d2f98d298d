"""Studies: from a scenario file to results, the command line, and `scenarios.api` for Python."""

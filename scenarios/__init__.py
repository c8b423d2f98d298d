"""Studies: from a scenario file to results, and the command line."""

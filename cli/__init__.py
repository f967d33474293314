"""The command line, `digits`: it stands on all other packages."""

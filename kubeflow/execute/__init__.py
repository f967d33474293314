"""Executing a compiled pipeline on this machine, as a back end would."""

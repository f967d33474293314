"""Running data work on Beam: the arguments of each runner, and what its workers need."""

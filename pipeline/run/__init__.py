"""A run on this machine: the local runner, its cache, its log and what the terminal shows."""

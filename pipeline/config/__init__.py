"""The config: every key typed, read from YAML and from `--set`."""

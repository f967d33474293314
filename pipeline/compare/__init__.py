"""`digits compare`: models against each other on the same pictures."""

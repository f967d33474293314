"""Which runner data work is done on, and what its workers need."""

"""The sections of a run's report, one file each: what is read, what is drawn, what it means."""

"""The tests; helpers that several share are imported from here by their full names."""

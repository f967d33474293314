"""What a run's code is: the version for people, the digest for the cache."""

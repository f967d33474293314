"""Is the digit odd or even? The least that a task can be: no box, one number to answer."""

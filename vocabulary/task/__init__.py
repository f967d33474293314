"""What the machinery asks of a task, and how it finds one."""

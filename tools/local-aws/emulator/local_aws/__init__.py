"""ministack, with what this project's stacks need added to it."""

"""The window's side of the planner's process: starting it, asking it, and what it answers."""

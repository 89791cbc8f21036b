"""The window's side of the planner process: starting it, sending requests, receiving replies."""

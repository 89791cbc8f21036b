"""The first minute: the first plan is played, and a tour is taken by doing."""

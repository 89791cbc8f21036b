"""The comparison: a second value view, with another plan of the same map."""

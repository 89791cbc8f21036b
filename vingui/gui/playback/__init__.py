"""The playhead over the iterations V_1 to V_K, and its controls."""

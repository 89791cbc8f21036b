"""The planning world: maps, movement rules, the exact oracle, rollouts, generators, files.

NumPy, SciPy and Numba only. Everything is `(row, col)`, row 0 at the top, and a wall is `True`.
"""

"""Evaluations and searches for failures, which run in a process of their own."""

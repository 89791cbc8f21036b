"""What the package offers to Python; `vingui/__init__.py` lists it."""

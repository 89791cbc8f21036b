"""The panels about the views: each shows one side of the session."""

"""Appearance and basic widgets: themes, icons, messages, number fields and plain text."""

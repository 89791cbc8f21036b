"""What everything looks like: themes, icons, messages, number fields and plain text."""

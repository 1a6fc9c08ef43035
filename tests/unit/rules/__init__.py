"""The rules, file for file."""

"""Modals, lists and the Home: Block Kit built and read back, as plain dicts."""

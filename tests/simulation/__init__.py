"""A club's days in seconds: the shipped code on one thread, with carrier, Slack and clock in the same loop."""

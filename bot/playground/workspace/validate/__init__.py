"""The limits and cross-field rules of Block Kit, written from Slack's documentation; pure."""

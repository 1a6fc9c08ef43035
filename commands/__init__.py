"""What people do in Slack."""

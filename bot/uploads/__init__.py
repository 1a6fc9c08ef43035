"""Files of people that staff choose in Slack: shown before anything is stored, then brought in whole or not at all."""

"""The playground: a whole Slack workspace and a whole carrier to try the bot with, over HTTP, on one machine."""

"""What the bot does: rules, use cases, carriers, Slack, the web and the playground."""

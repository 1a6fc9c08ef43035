"""What the bot does with one message to one audience: draft, preview, launch, follow."""

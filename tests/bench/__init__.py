"""How fast the bot is, beside a peer and the limit of the same machine, in one run."""

"""The club's groups: listed, made, changed and taken away."""

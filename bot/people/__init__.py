"""The club's people: found, added, changed, archived."""

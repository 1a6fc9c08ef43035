"""What the bot remembers: tables, queries, migrations. Imports nothing of ours."""

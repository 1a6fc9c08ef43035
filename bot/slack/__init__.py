"""Slack's side: one client with one session, the cards, and the views that change while one types."""

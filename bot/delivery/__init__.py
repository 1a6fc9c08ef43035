"""How texts leave and what becomes of them: sending, receipts, and lost answers settled."""

"""What the playground page draws, without a browser."""

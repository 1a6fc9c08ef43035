"""`python -m bot` is the same as `touchline`."""

from bot.cli import main

main()

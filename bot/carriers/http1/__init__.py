"""An HTTP/1.1 client for the one hot request: it knows what was written, and writes nothing after its deadline."""

from bot.carriers.http1.answer import Answer
from bot.carriers.http1.client import Client
from bot.carriers.http1.form import encode

__all__ = ["Answer", "Client", "encode"]

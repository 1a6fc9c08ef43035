"""The carrier stand-in: a whole Twilio for one machine, over HTTP, with phones at its other end."""

from bot.playground.carrier.agenda import Pace
from bot.playground.carrier.delivery import Latency
from bot.playground.carrier.faults import Chaos, Fault, Reports
from bot.playground.carrier.inbound import CannotBeAnswered, Texted
from bot.playground.carrier.phones import Phone, Text
from bot.playground.carrier.server import LedgerLine, StandInCarrier
from bot.playground.carrier.state import Account, Alert, Change, Number, Post, Service, Sms, Status

__all__ = [
    "Account",
    "Alert",
    "CannotBeAnswered",
    "Change",
    "Chaos",
    "Fault",
    "Latency",
    "LedgerLine",
    "Number",
    "Pace",
    "Phone",
    "Post",
    "Reports",
    "Service",
    "Sms",
    "StandInCarrier",
    "Status",
    "Text",
    "Texted",
]

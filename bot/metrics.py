"""What a running bot measures, for Prometheus: a registry of its own, and labels that are words of closed sets."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.rules.lifecycle import CARRIER_STATUS

REQUEST_BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 35, 60)
LAG_BUCKETS = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
NEW_WORD = "new_word"
"""The label of a status that we have no word for: what strangers write never becomes a label."""


class Ended(StrEnum):
    """How a request to send one message ended."""

    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    REFUSED = "refused"
    LOST = "lost"
    NEVER_CONNECTED = "never_connected"
    NOT_ASKED = "not_asked"


class Metrics:
    """Counts what happens; what only the database knows is read when somebody asks (`bot/scrape.py`)."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        requests = self._counter("requests", "Claimed messages, by how asking the carrier ended.", "outcome")
        self._ended = {ended: requests.labels(ended.value) for ended in Ended}
        self._accepted = self._counter("messages_accepted", "Messages that the carrier took when asked.")
        self._estimated = self._counter(
            "segments_estimated",
            "Segments by our own count, of texts of which the carrier says how many it counts.",
        )
        self._counted = self._counter(
            "segments_counted", "Segments of the same texts as the carrier counts them."
        )
        self._throttled = self._counter("carrier_429s", "Answers 429 of the carrier, to whatever was asked.")
        self._seconds = self._histogram(
            "request_seconds", "From asking the carrier to its answer.", REQUEST_BUCKETS
        )
        self._places = self._gauge("places", "How many requests may be under way, as the carrier can follow.")
        self._under_way = self._gauge("requests_under_way", "How many requests are under way.")
        self._commits = self._counter("commits", "Transactions committed that may write.")
        self._receipts = self._counter("receipts", "Receipts that came, by the carrier's status.", "status")
        self._unknown_receipts = self._counter("receipts_unknown", "Receipts about no message of ours.")
        self._lag = self._histogram(
            "callback_lag_seconds",
            "From a message's claim to a receipt's arrival, by status.",
            LAG_BUCKETS,
            "status",
        )
        self._ticks: dict[str, float] = {}

    @property
    def ticks(self) -> Mapping[str, float]:
        """When each chore last came to a good end, in seconds of the steady clock."""
        return dict(self._ticks)

    def text(self) -> bytes:
        """All that was counted, as Prometheus reads it."""
        return generate_latest(self._registry)

    def request_ended(self, ended: Ended, seconds: float) -> None:
        """The carrier was to be asked for a message; it took so long."""
        self._ended[ended].inc()
        if ended is not Ended.NOT_ASKED:
            self._seconds.observe(seconds)
        if ended is Ended.ACCEPTED:
            self._accepted.inc()

    def segments_known(self, *, ours: int, carriers: int) -> None:
        """The carrier said how many segments texts are that we had counted."""
        self._estimated.inc(ours)
        self._counted.inc(carriers)

    def throttled(self) -> None:
        """The carrier said 429."""
        self._throttled.inc()

    def watch(self, *, places: Callable[[], float], under_way: Callable[[], float]) -> None:
        """Where the delivery's pace is read from when somebody asks."""
        self._places.set_function(places)
        self._under_way.set_function(under_way)

    def committed(self) -> None:
        """A transaction that may write was committed."""
        self._commits.inc()

    def receipt_came(self, status: str, lag_seconds: float | None) -> None:
        """A receipt about a message of ours came; no lag when it is of an earlier attempt."""
        word = status if status in CARRIER_STATUS else NEW_WORD
        self._receipts.labels(word).inc()
        if lag_seconds is not None:
            self._lag.labels(word).observe(lag_seconds)

    def unknown_receipt_came(self) -> None:
        """A receipt about no message of ours came."""
        self._unknown_receipts.inc()

    def ticked(self, chore: str, at_seconds: float) -> None:
        """This chore came to a good end."""
        self._ticks[chore] = at_seconds

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(f"touchline_{name}", help_, labels, registry=self._registry)

    def _gauge(self, name: str, help_: str) -> Gauge:
        return Gauge(f"touchline_{name}", help_, registry=self._registry)

    def _histogram(self, name: str, help_: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"touchline_{name}", help_, labels, buckets=buckets, registry=self._registry)

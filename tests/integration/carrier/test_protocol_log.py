"""The log that both stand-ins write."""

from datetime import UTC, datetime

from bot.playground.log import Exchange, ExchangeLog


def exchange(url: str) -> Exchange:
    return Exchange(
        at=datetime(2026, 11, 22, tzinfo=UTC),
        direction="in",
        peer="slack",
        method="POST",
        url=url,
        status=200,
        request_body="",
        response_body="",
        took_ms=1.0,
    )


def urls(log: ExchangeLog) -> list[str]:
    return [one.url for one in log]


def test_the_oldest_is_forgotten_when_the_log_is_full() -> None:
    log = ExchangeLog(limit=2)
    for url in "abc":
        log.add(exchange(url))
    assert (urls(log), len(log)) == (["b", "c"], 2)


def test_whoever_listens_hears_of_each_new_exchange_until_he_stops_even_twice() -> None:
    log, heard = ExchangeLog(), []
    stop = log.listen(lambda one: heard.append(one.url))
    log.add(exchange("a"))
    stop()
    stop()
    log.add(exchange("b"))
    assert heard == ["a"]


def test_one_may_write_while_another_reads() -> None:
    log = ExchangeLog()
    log.add(exchange("a"))
    for _ in log:
        log.add(exchange("b"))
    assert urls(log) == ["a", "b"]


def test_clearing_forgets_what_was_said_and_keeps_who_listens() -> None:
    log, heard = ExchangeLog(), []
    log.listen(lambda one: heard.append(one.url))
    log.add(exchange("a"))
    log.clear()
    log.add(exchange("b"))
    assert (urls(log), heard) == (["b"], ["a", "b"])

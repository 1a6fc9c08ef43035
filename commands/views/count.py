"""The live count under a message: what it weighs, why it is dear, what the club would pay."""

from bot.campaigns.values import Counted
from bot.i18n import Words
from bot.rules.text import Count, Encoding
from bot.slack import labels
from bot.slack.blocks import Json, context, name

# 3GPP TS 23.038: characters in a text of one SMS, and in each SMS of a longer one.
ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
# So few characters before the next SMS are worth a word: a short ending costs one.
_FEW = 20


def count_block(counted: Counted | None, words: Words, max_segments: int, *, to_one: bool = False) -> Json:
    """One line of small print, or a few: the weight first, then what deserves a word; how much fits while empty."""
    if counted is None or not counted.count.segments:
        return context(_room(words, max_segments), block_id="count")
    worst = _worst(counted)
    lines = [_weight(counted, words, to_one=to_one)]
    if counted.count.costly:
        lines.append(_cost(counted, words))
    if counted.longest and counted.longest.segments > counted.count.segments:
        lines.append(_longest(counted.longest, counted.longest_name, words))
    if worst.segments > max_segments:
        lines.append(_too_long(worst, words, max_segments))
    return context("\n".join(lines), block_id="count")


def capacity(encoding: Encoding, segments: int) -> int:
    """How many characters fit into so many SMS."""
    return ALONE[encoding] if segments == 1 else JOINED[encoding] * segments


def _room(words: Words, max_segments: int) -> str:
    return words(
        "Up to {gsm} characters; {ucs} with an emoji or a letter such as ê, ç or œ.",
        gsm=words.number(capacity(Encoding.GSM7, max_segments)),
        ucs=words.number(capacity(Encoding.UCS2, max_segments)),
    )


def _worst(counted: Counted) -> Count:
    return max(counted.count, counted.longest or counted.count, key=lambda count: count.segments)


def _weight(counted: Counted, words: Words, *, to_one: bool) -> str:
    count = counted.count
    sms = labels.sms(count.segments, words)
    each = sms if to_one else words("{sms} each", sms=sms)
    parts = [f"*{labels.characters(count.units, words)} · {each}*"]
    if counted.recipients:
        parts.append(_total(counted.recipients, count.segments, _worst(counted).segments, words))
    if count.spare < _FEW:
        parts.append(words.plural("{count} left", "{count} left", count.spare))
    return " · ".join(parts)


def _total(recipients: int, each: int, most: int, words: Words) -> str:
    people, total = words.number(recipients), labels.sms(recipients * most, words)
    if most > each:
        return words(
            "{recipients} × {each} to {most}: at most {total}",
            recipients=people,
            each=each,
            most=most,
            total=total,
        )
    return words("{recipients} × {each} = {total}", recipients=people, each=each, total=total)


def _cost(counted: Counted, words: Words) -> str:
    count, letters = counted.count, labels.letters(counted.count.costly, words)
    if counted.cheaper and counted.cheaper < count.segments:
        return ":warning: " + words(
            "Because of {letters}: {dear} instead of {cheap}.",
            letters=letters,
            dear=labels.sms(count.segments, words),
            cheap=words.number(counted.cheaper),
        )
    size = ALONE if count.segments == 1 else JOINED
    return words(
        "Because of {letters}: {few} characters in an SMS instead of {many}.",
        letters=letters,
        few=size[Encoding.UCS2],
        many=size[Encoding.GSM7],
    )


def _longest(longest: Count, whose: str, words: Words) -> str:
    return words(
        "Longest for {name}: {characters}, {sms}.",
        name=name(whose),
        characters=labels.characters(longest.units, words),
        sms=labels.sms(longest.segments, words),
    )


def _too_long(worst: Count, words: Words, max_segments: int) -> str:
    over = worst.units - capacity(worst.encoding, max_segments)
    return ":no_entry: " + words(
        "*Too long*: {sms}, and the club allows {most}. Take away {characters}.",
        sms=labels.sms(worst.segments, words),
        most=words.number(max_segments),
        characters=labels.characters(max(over, 1), words),
    )

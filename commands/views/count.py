"""The live count under a message: what it weighs, why it is dear, what the club would pay."""

from bot.campaigns.weights import Cheaper, Counted, Pushed
from bot.i18n import Words
from bot.rules.page import UNSEEN
from bot.rules.text import Count, Encoding
from bot.slack import labels
from bot.slack.blocks import Json, actions, button, confirm, context, name

# 3GPP TS 23.038: characters in a text of one SMS, and in each SMS of a longer one.
ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
# So few characters before the next SMS are worth a word: a short ending costs one.
_FEW = 20
_SWAPS_SHOWN = 8


def count_block(counted: Counted | None, words: Words, max_segments: int, *, to_one: bool = False) -> Json:
    """One line of small print, or a few: the weight first, then what deserves a word; how much fits while empty."""
    if counted is None or not counted.count.segments:
        return context(_room(words, max_segments), block_id="count")
    worst = _worst(counted)
    lines = [_weight(counted, words, to_one=to_one)]
    lines += _links(counted, words) + clause_line(counted.clause, words)
    if counted.costly:
        lines.append(_cost(counted, words))
    if counted.pushed:
        lines.append(pushed_line(counted.pushed, words))
    if worst.segments > max_segments:
        lines.append(_too_long(worst, words, max_segments))
    return context("\n".join(lines), block_id="count")


def clause_line(clause: str, words: Words) -> list[str]:
    """What is added to the text, where something is: how to stop it, or the link to answer it."""
    if not clause:
        return []
    said = words("“{clause}” is added at the end, and counted.", clause=name(clause))
    return [f"{':link:' if UNSEEN in clause else ':no_bell:'} {said}"]


def _links(counted: Counted, words: Words) -> list[str]:
    refused = [name(host) for host in counted.links.refused]
    if not refused:
        return []
    said = words("Operators block texts with links of {hosts}.", hosts=words.all_of(refused))
    return [f":no_entry: {said}"]


def cheaper_block(counted: Counted, words: Words) -> list[Json]:
    """The button that puts the cheap spelling in the place of the text, where that saves SMS; accents go if one agrees."""
    offer = counted.cheaper
    if offer is None:
        return []
    label = words("Spell it for {sms}", sms=labels.sms(offer.segments, words))
    value = "accents" if offer.accents else "plain"
    question = _question(offer, words) if offer.accents else None
    return [actions(button(label, "spell", value, confirm=question), block_id="spelling")]


def pushed_line(pushed: Pushed, words: Words) -> str:
    """Whose own name costs an SMS more."""
    names = [name(one) for one in pushed.names] + ([words("others")] if pushed.more else [])
    most, least = labels.sms(pushed.most, words), words.number(pushed.least)
    said = words.plural(
        "{count} person takes {most} instead of {least}, by what is filled in: {names}.",
        "{count} people take up to {most} instead of {least}, by what is filled in: {names}.",
        pushed.people,
        most=most,
        least=least,
        names=words.all_of(names),
    )
    return f":busts_in_silhouette: {said}"


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
        parts.append(_total(counted, words))
    if count.spare < _FEW:
        parts.append(words.plural("{count} left", "{count} left", count.spare))
    return " · ".join(parts)


def _total(counted: Counted, words: Words) -> str:
    least = counted.pushed.least if counted.pushed else counted.count.segments
    most = _worst(counted).segments
    recipients = counted.recipients or 0
    each = str(most) if least == most else words("{least} to {most}", least=least, most=most)
    return words(
        "{recipients} × {each} = {total}",
        recipients=words.number(recipients),
        each=each,
        total=labels.sms(recipients * most if counted.total is None else counted.total, words),
    )


def _cost(counted: Counted, words: Words) -> str:
    count, letters = counted.count, labels.letters(counted.costly, words)
    if counted.cheaper and counted.cheaper.segments < count.segments:
        return ":warning: " + _saving(counted, counted.cheaper, letters, words)
    size = ALONE if count.segments == 1 else JOINED
    return words(
        "Because of {letters}: {few} characters in an SMS instead of {many}.",
        letters=letters,
        few=size[Encoding.UCS2],
        many=size[Encoding.GSM7],
    )


def _saving(counted: Counted, cheaper: Cheaper, letters: str, words: Words) -> str:
    dear, cheap = labels.sms(counted.count.segments, words), words.number(cheaper.segments)
    if counted.total is None:
        return words(
            "Because of {letters}: {dear} instead of {cheap}.", letters=letters, dear=dear, cheap=cheap
        )
    return words(
        "Because of {letters}: {dear} instead of {cheap}, {total} instead of {less} for {audience}.",
        letters=letters,
        dear=dear,
        cheap=cheap,
        total=words.number(counted.total),
        less=words.number(cheaper.total),
        audience=name(counted.audience_words, 100),
    )


def _question(offer: Cheaper, words: Words) -> Json:
    swaps = [
        words("{before} becomes {after}", before=before, after=after or words("nothing"))
        for before, after in offer.swaps[:_SWAPS_SHOWN]
    ]
    rest = [words("and so on")] if len(offer.swaps) > _SWAPS_SHOWN else []
    return confirm(
        words("Without accents?"),
        words("{swaps}. You see the text before it leaves.", swaps=", ".join(swaps + rest)),
        words("Spell it so"),
        words("Leave it"),
        style="primary",
    )


def _too_long(worst: Count, words: Words, max_segments: int) -> str:
    over = worst.units - capacity(worst.encoding, max_segments)
    return ":no_entry: " + words(
        "*Too long*: {sms}, and the club allows {most}. Take away {characters}.",
        sms=labels.sms(worst.segments, words),
        most=words.number(max_segments),
        characters=labels.characters(max(over, 1), words),
    )

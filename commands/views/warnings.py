"""What the preview warns of before anybody confirms."""

from bot.campaigns.values import Preview, Repeat
from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, alert, name, section
from commands.views import notices

_SIGNS_SHOWN = 5


def warnings(preview: Preview, words: Words) -> list[Json]:
    """A notice for each thing that somebody may not have meant."""
    warnings = []
    if preview.skipped_time and preview.release_at:
        leaves = notices.skipped(words, preview.skipped_time, preview.release_at, preview.zone)
        warnings.append(section(f":warning: {leaves}"))
    if preview.repeat:
        warnings.append(section(":warning: " + _repeat(preview.repeat, preview.zone, words)))
    if preview.night_at:
        at = words.time(preview.night_at, preview.zone)
        said = words("*At night*: it leaves at {time}, when people sleep. Can it wait until eight?", time=at)
        warnings.append(section(f":crescent_moon: {said}"))
    if preview.signs:
        warnings.append(section(":warning: " + _advertising(preview, words)))
    if preview.shared_hosts:
        hosts = words.all_of(name(host) for host in preview.shared_hosts)
        said = words("Some operators take links of {hosts} for spam. The full address is safer.", hosts=hosts)
        warnings.append(section(f":link: {said}"))
    if preview.over_ceiling:
        warnings.append(alert(_ceiling(preview, words), "error"))
    return warnings


def _advertising(preview: Preview, words: Words) -> str:
    signs = [words("“{words}”", words=name(sign, 40)) for sign in preview.signs[:_SIGNS_SHOWN]]
    return words(
        "*This reads like advertising*: {signs}. Sent as an alert, advertising can be fined; as marketing it goes only to those"
        " who agreed to it.",
        signs=words.all_of(signs),
    )


def _repeat(repeat: Repeat, zone: str, words: Words) -> str:
    return words(
        "*Sent already?* <@{user}> sent this very text to the same people at {time}.",
        user=repeat.by,
        time=words.time(repeat.at, zone),
    )


def _ceiling(preview: Preview, words: Words) -> str:
    return words(
        "Above the club's limit: {limit} a day, {used} used today, {wanted} here. An admin can raise it in /sms-settings.",
        limit=labels.sms(preview.segments_a_day, words),
        used=words.number(preview.segments_today),
        wanted=words.number(preview.segments),
    )

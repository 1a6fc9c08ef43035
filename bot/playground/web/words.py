"""What Slack itself says around an app's words, in the language of who looks."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date


@dataclass(frozen=True, slots=True)
class SlackWords:
    """Slack's own words in one language; `day_pattern` is one of Unicode's."""

    language: str
    optional: str
    only_you: str
    one_reply: str
    many_replies: str
    view_thread: str
    day_pattern: str

    def replies(self, count: int) -> str:
        """Give back how many answers a thread holds."""
        return self.one_reply if count == 1 else self.many_replies.format(count=count)

    def day(self, day: date) -> str:
        """Give back the day in words, such as `Saturday, November 21`."""
        return format_date(day, self.day_pattern, locale=self.language)


ENGLISH = SlackWords(
    language="en",
    optional="(optional)",
    only_you="Only visible to you",
    one_reply="1 reply",
    many_replies="{count} replies",
    view_thread="View thread",
    day_pattern="EEEE, MMMM d",
)
FRENCH = SlackWords(
    language="fr",
    optional="(facultatif)",
    only_you="Visible par vous uniquement",
    one_reply="1 réponse",
    many_replies="{count} réponses",
    view_thread="Afficher le fil",
    day_pattern="EEEE d MMMM",
)


def slack_words(locale: str) -> SlackWords:
    """Give back the words for a locale such as `fr-FR`; English for a language that is not here."""
    return FRENCH if locale.startswith("fr") else ENGLISH

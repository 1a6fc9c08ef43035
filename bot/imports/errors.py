"""Why a file as a whole is refused. What is wrong with one row is no error: `bot/imports/problems.py`."""

from bot.errors import BotError


class FileRefused(BotError):
    """This file cannot be imported."""


class NoSuchFile(FileRefused):
    """There is no file {name} that can be read."""


class FileTooBig(FileRefused):
    """{name} is larger than {most} MB. Cut it into several files."""


class TooManyRows(FileRefused):
    """The file has more than {most} rows. Cut it into several files."""


class LineTooLong(FileRefused):
    """Line {line} is longer than {most} characters: this is no list of people."""


class NoText(FileRefused):
    """Line {line} holds what no text holds (a NUL). Save the file again as CSV or XLSX."""


class UnknownEncoding(FileRefused):
    """The letters of this file cannot be read. Save it again as “CSV UTF-8”."""


class QuoteOpen(FileRefused):
    """Line {line}: a quotation mark is opened there and never closed."""


class QuoteAmiss(FileRefused):
    """Line {line}: after a closing quotation mark comes something else than the next column."""


class NothingInIt(FileRefused):
    """The file has no rows. Its first row names the columns, one person a row follows."""


class HeadersTwice(FileRefused):
    """Two columns are called “{name}”. Give each column a name of its own."""


class NoNames(FileRefused):
    """No column holds names. Call one “First name” and one “Last name”; these are there: {names}."""


class ColumnsAlike(FileRefused):
    """“{one}” and “{other}” would hold the same. Choose one of them for it."""


class NotAWorkbook(FileRefused):
    """{name} cannot be read as an XLSX workbook. Save it again, or save it as CSV."""


class WorkbookTooBig(FileRefused):
    """The workbook unpacks to more than can be read safely. Save the sheet of people alone, or save it as CSV."""


class OtherKind(FileRefused):
    """{name} is neither CSV nor XLSX. Save it as one of them."""


class ChangedMeanwhile(BotError):
    """Somebody changed the club's people while you looked at this import. Nothing was stored: start it again."""


class WhichClub(BotError):
    """Several clubs are here. Say which one, by its Slack team: --club {teams}."""


class NoClub(BotError):
    """No club has the Slack team {team}."""

"""The environment's settings: what is taken, what stops the start."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import BadSetting, Settings, load_settings, refuse_missing


def test_nothing_given_is_every_default() -> None:
    settings = load_settings({})
    assert settings.database_url == "sqlite+aiosqlite:///touchline.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert (settings.lease, settings.grace) == (timedelta(minutes=2), timedelta(minutes=5))


def test_an_empty_variable_is_one_that_was_not_given() -> None:
    assert load_settings({"PORT": "", "SLACK_BOT_TOKEN": ""}).port == 3000


def test_other_programs_variables_are_none_of_ours() -> None:
    load_settings({"HOME": "/root", "PATH": "/bin", "POSTGRES_URL": "x", "PORTS": "x"})


@pytest.mark.parametrize(
    ("environment", "words", "because"),
    [
        ({"PORT": "http"}, "PORT: ", "no number"),
        ({"PORT": "65536"}, "PORT: ", "no port"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_ACCOUNT_SID: ", "too short"),
        ({"TWILIO_NUMBER": "my club"}, "TWILIO_NUMBER: ", "no number"),
        ({"TWILIO_NUMBER": "33612345678"}, "TWILIO_NUMBER: ", "the carrier writes it with its plus"),
        ({"PUBLIC_URL": "sms.example.org"}, "PUBLIC_URL: ", "no address"),
        ({"PUBLIC_URL": "https://sms.example.org?x=1"}, "PUBLIC_URL: ", "no link could go on from it"),
        ({"LEASE_SECONDS": "45"}, "LEASE_SECONDS: ", "no longer than a request may take"),
        ({"GRACE_SECONDS": "45"}, "GRACE_SECONDS: ", "the request may still be under way"),
        ({"ANSWER_SECONDS": "0"}, "ANSWER_SECONDS: ", "nobody answers at once"),
        ({"ACCOUNT_SEGMENTS_PER_SECOND": "0"}, "ACCOUNT_SEGMENTS_PER_SECOND: ", "nothing would ever leave"),
        ({"GRACE_SECONDS": "0"}, "GRACE_SECONDS: ", "no grace at all"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_ID: ", "slack-bolt would turn OAuth on by itself"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_SECRET: ", "the same"),
    ],
)
def test_a_value_that_cannot_be_names_its_variable_in_one_line(
    environment: dict[str, str], words: str, because: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        load_settings(environment)
    assert str(caught.value).startswith(words), because
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECERT", "SLACK_SIGNING_SECRET"),
        ("SLACK_APP_TOKN", "SLACK_APP_TOKEN"),
        ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
        ("TWILIO_ACCOUNT_ID", "TWILIO_ACCOUNT_SID"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("PUBLIC_URI", "PUBLIC_URL"),
        ("SLACK_BOT_TOKN_FILE", "SLACK_BOT_TOKEN_FILE"),
        ("SECRET_KEYFILE", "SECRET_KEY_FILE"),
    ],
)
def test_a_near_miss_of_a_name_is_told_with_the_name_it_means(name: str, meant: str) -> None:
    with pytest.raises(BadSetting) as caught:
        load_settings({name: "x"})
    assert str(caught.value) == f"{name}: is not a setting; did you mean {meant}?"


def test_a_secret_never_stands_in_an_error_or_in_the_settings_shown() -> None:
    settings = load_settings({"SLACK_BOT_TOKEN": "xoxb-hidden", "TWILIO_AUTH_TOKEN": "hidden"})
    assert "hidden" not in repr(settings)


def test_the_first_missing_setting_is_named() -> None:
    settings = load_settings({"SLACK_BOT_TOKEN": "x"})
    with pytest.raises(BadSetting, match="SLACK_SIGNING_SECRET: is not set"):
        refuse_missing(settings, ("slack_bot_token", "slack_signing_secret", "public_url"))


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_may_be_given_by_the_path_of_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_text("71")
    by_file = _attempt({f"{name.upper()}_FILE": str(file)})
    assert by_file == _attempt({name.upper(): "71"}) != _attempt({})


def _attempt(environment: dict[str, str]) -> object:
    """What the environment says; of a value that cannot be, what is said about it."""
    try:
        return load_settings(environment).model_dump()
    except BadSetting as error:
        return str(error)


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"xoxb-1", "no newline at all"),
        (b"xoxb-1\n", "echo writes one"),
        (b"xoxb-1\r\n", "so does Windows"),
        (b"\xef\xbb\xbfxoxb-1\n", "an editor's mark"),
    ],
)
def test_the_end_of_a_files_line_is_no_part_of_the_secret(
    content: bytes, because: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_bytes(content)
    settings = load_settings({"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1", because


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"  \n", "is empty"),
        (b"hidden-1\nhidden-2\n", "has more than one line"),
        (b"hidden\xff", "is no text"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_holds_no_secret_is_named_in_one_line(
    content: bytes | None, trouble: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetting) as caught:
        load_settings({"SLACK_BOT_TOKEN_FILE": str(path)})
    assert str(caught.value) == f"SLACK_BOT_TOKEN_FILE: {path}: {trouble}"


def test_a_directory_in_the_place_of_a_secret_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"^SECRET_KEY_FILE: .+: Is a directory$"):
        load_settings({"SECRET_KEY_FILE": str(tmp_path)})


def test_a_secret_that_is_given_twice_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1")
    by_file = {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(BadSetting) as caught:
        load_settings(by_file | {"SLACK_BOT_TOKEN": "xoxb-1"})
    told = "SLACK_BOT_TOKEN_FILE: is given beside SLACK_BOT_TOKEN; give one of the two"
    assert str(caught.value) == told
    assert load_settings(by_file | {"SLACK_BOT_TOKEN": ""}).slack_bot_token.get_secret_value() == "xoxb-1"


def test_an_empty_path_is_one_that_was_not_given() -> None:
    assert load_settings({"SLACK_BOT_TOKEN": "x", "SLACK_BOT_TOKEN_FILE": ""})


def test_what_a_file_holds_is_tried_like_any_other_value(tmp_path: Path) -> None:
    (tmp_path / "sid").write_text("hidden\n")
    with pytest.raises(BadSetting, match=r"^TWILIO_ACCOUNT_SID: ") as caught:
        load_settings({"TWILIO_ACCOUNT_SID_FILE": str(tmp_path / "sid")})
    assert "hidden" not in str(caught.value)

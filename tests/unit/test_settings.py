"""The environment's settings: what is taken, what stops the start."""

from datetime import timedelta

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
        ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
        ("TWILIO_ACCOUNT_ID", "TWILIO_ACCOUNT_SID"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("PUBLIC_URI", "PUBLIC_URL"),
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

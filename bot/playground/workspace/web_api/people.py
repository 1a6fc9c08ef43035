"""auth.*, users.*, bots.* and team.*: who is who."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.web_api.arguments import Arguments
from bot.playground.workspace.web_api.paging import next_cursor, page

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]


def api_test(workspace: "Workspace", given: Arguments) -> Json:
    """api.test: the arguments given back, or the error asked for."""
    if given.text("error"):
        raise SlackError(given.text("error"), args=dict(given.given))
    return {"args": dict(given.given)}


def auth_test(workspace: "Workspace", given: Arguments) -> Json:
    """auth.test: whose token it is."""
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.users[workspace.app.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def auth_test_of_user(workspace: "Workspace") -> Json:
    """auth.test for the token of somebody who is no bot: without a bot_id."""
    user = next(user for user in workspace.users.values() if not user.is_bot)
    named = {"user": user.name, "user_id": user.id}
    whole = auth_test(workspace, Arguments({})) | named
    return {name: value for name, value in whole.items() if name != "bot_id"}


def users_info(workspace: "Workspace", given: Arguments) -> Json:
    """users.info: one member."""
    user = workspace.users.get(given.required("user", "user_not_found"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": payloads.user_body(workspace, user, with_locale=given.flag("include_locale"))}


def users_list(workspace: "Workspace", given: Arguments) -> Json:
    """users.list: every member, in pages."""
    with_locale = given.flag("include_locale")
    shown, cursor = page(list(workspace.users.values()), given, default_limit=1000)
    bodies = [payloads.user_body(workspace, user, with_locale=with_locale) for user in shown]
    return {"members": bodies, "cache_ts": workspace.now_s(), **next_cursor(cursor)}


def bots_info(workspace: "Workspace", given: Arguments) -> Json:
    """bots.info: the app's bot."""
    if given.text("bot") not in ("", workspace.app.bot_id):
        raise SlackError("bot_not_found")
    profile = payloads.bot_profile(workspace)
    return {"bot": {name: value for name, value in profile.items() if name != "team_id"}}


def team_info(workspace: "Workspace", given: Arguments) -> Json:
    """team.info: the workspace."""
    if given.text("team") not in ("", workspace.team_id):
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.name,
            "url": f"https://{workspace.domain}.slack.com/",
            "domain": workspace.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": "",
            "is_verified": False,
        }
    }

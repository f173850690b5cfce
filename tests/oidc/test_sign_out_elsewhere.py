"""Signing out holds for a server that is started later, or beside the first, over the same files."""

from tests.oidc.person import USER_COOKIE, Person
from tests.servers import running_app

SITE = ("site", "site=100")
CAMERA = b"Tiger spring"


def test_a_copy_of_the_cookie_is_worth_nothing_at_another_server(person, app):
    boss = person()
    boss.sign_in("boss")
    copied = boss.cookie(USER_COOKIE)
    files = {"T4N_NETWORK": "network.toml", "T4N_ACCESS": "access.toml", "STREAMLIT_SECRETS_FILES": "secrets.toml"}
    environment = {name: str(app.folder / file) for name, file in files.items()}
    environment["T4N_AUDIT"] = str(app.folder / "audit")
    with running_app(app.folder / "store", app.folder / "second.log", environment) as url:
        thief = Person(url)
        thief.set_cookie(USER_COOKIE, copied)
        assert CAMERA in thief.look(*SITE, origin=app.url).received
        boss.sign_out()
        seen = thief.look(*SITE, origin=app.url)
    assert seen.says("You have signed out")
    assert CAMERA not in seen.received

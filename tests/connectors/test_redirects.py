"""Where a redirect may lead: to hosts that are named, and never with a key."""

import pytest

from connectors.address import parse_address, redirected
from connectors.errors import SourceRefused
from connectors.http import Client
from tests.conftest import Reply, Request, Serve


def test_a_redirect_to_a_host_that_is_named_is_followed_without_a_key_only(serve: Serve) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply(b"2")

    other = serve(answer)
    base = serve(lambda request: Reply(status=302, headers={"Location": f"{other}/areas"}))
    named = [other.removeprefix("http://")]
    with Client("registry", base, may_redirect_to=named) as client:
        assert client.get_json("/areas").data == 2
    with (
        Client("registry", base, "invented-key", may_redirect_to=named) as client,
        pytest.raises(SourceRefused, match="another host"),
    ):
        client.get_json("/areas")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("target", "is_followed"),
    [
        ("https://b.invalid/x", True),
        ("https://B.invalid:443/x", True),
        ("http://127.0.0.1:8000/x", True),
        ("http://b.invalid/x", False),
        ("https://b.invalid:444/x", False),
        ("https://c.b.invalid/x", False),
        ("https://b.invalid.c.invalid/x", False),
        ("https://b.invalid@c.invalid/x", False),
        ("https://user:key@b.invalid/x", False),
        ("http://127.0.0.1:8001/x", False),
        ("http://169.254.169.254/x", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_a_named_host_over_https_or_on_this_machine_is_led_to(target: str, is_followed: bool) -> None:
    start, named = parse_address("registry", "https://a.invalid/x"), ("b.invalid", "127.0.0.1:8000", "169.254.169.254")
    if is_followed:
        assert redirected("registry", start, target, named).path == "/x"
        return
    with pytest.raises(SourceRefused, match="registry"):
        redirected("registry", start, target, named)

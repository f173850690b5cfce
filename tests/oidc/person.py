"""Somebody with a browser, without the browser: cookies, redirects and forms over HTTP, pages over the websocket."""

import html
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

USER_COOKIE = "_streamlit_user"
XSRF_COOKIE = "_streamlit_xsrf"
ANSWER_SECONDS = 60


@dataclass
class Seen:
    """What one run of a page sent: bytes, words, buttons, files, parts, and where it sends the browser."""

    received: bytes = b""
    words: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    downloads: dict[str, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    redirect: str = ""
    errors: list[str] = field(default_factory=list)

    def says(self, words: str) -> bool:
        return any(words in text for text in self.words)


class Window:
    """One open page."""

    def __init__(self, connection: ClientConnection, url: str, page: str, query: str) -> None:
        self._connection, self._url, self._page, self._query = connection, url, page, query
        self._session_id = ""
        self.seen = Seen()

    def run(self, press: str = "", fragment: str = "") -> Seen:
        """Run the page again, or one part of it alone, with the button of this label pressed."""
        request = BackMsg()
        request.rerun_script.page_name = self._page
        request.rerun_script.query_string = self._query
        request.rerun_script.context_info.url = self._url
        request.rerun_script.context_info.timezone = "UTC"
        request.rerun_script.context_info.locale = "en-GB"
        request.rerun_script.fragment_id = fragment
        if press:
            request.rerun_script.widget_states.widgets.add(id=self.seen.buttons[press], trigger_value=True)
        self._connection.send(request.SerializeToString())
        self.seen = Seen()
        while True:
            data = self._connection.recv(timeout=ANSWER_SECONDS)
            message = ForwardMsg.FromString(data)
            self.seen.received += data
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._session_id = message.new_session.initialize.session_id
            elif kind == "auth_redirect":
                self.seen.redirect = message.auth_redirect.url
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                _keep(message.delta.new_element, self.seen)
                if part := message.delta.fragment_id:
                    self.seen.fragments.append(part)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return self.seen

    def take(self, download: str) -> str:
        """Press a download button that makes its file now; gives the address of the file, empty where it is refused."""
        request = BackMsg()
        request.backend_operation_request.request_id = "1"
        request.backend_operation_request.session_id = self._session_id
        request.backend_operation_request.deferred_file.file_id = self.seen.downloads[download]
        self._connection.send(request.SerializeToString())
        while True:
            message = ForwardMsg.FromString(self._connection.recv(timeout=ANSWER_SECONDS))
            if message.WhichOneof("type") == "backend_operation_response":
                return message.backend_operation_response.deferred_file.url


def _keep(element, seen: Seen) -> None:
    kind = element.WhichOneof("type")
    if kind == "markdown":
        seen.words.append(element.markdown.body.replace("\\", "").replace("\u2060", ""))
    elif kind == "button":
        seen.buttons[element.button.label] = element.button.id
    elif kind == "download_button" and element.download_button.deferred_file_id:
        seen.downloads[element.download_button.label] = element.download_button.deferred_file_id
    elif kind == "exception":
        seen.errors.append(element.exception.message)


class Person:
    """Somebody with their own cookies, who may sign in at the provider.

    Their requests may pass a proxy that adds headers, and they may know the machine by another name.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, name: str = "") -> None:
        self.url = url
        self.http = requests.Session()
        self._headers = headers or {}
        self._name = name or urlsplit(url).hostname

    @contextmanager
    def window(self, page: str = "", query: str = "", origin: str | None = None) -> Iterator[Window]:
        """Open a page; the window stays open, as that of somebody who reads on."""
        self._get("/_stcore/health")
        host, port = urlsplit(self.url).hostname, urlsplit(self.url).port
        cookies = "; ".join(f"{one.name}={one.value}" for one in self._cookies())
        with connect(
            f"ws://{self._name}:{port}/_stcore/stream",
            sock=socket.create_connection((host, port)),
            origin=origin or f"http://{self._name}:{port}",
            subprotocols=["streamlit", self.cookie(XSRF_COOKIE) or "none"],
            additional_headers={"Cookie": cookies, **self._headers},
            max_size=None,
        ) as connection:
            window = Window(connection, self.url, page, query)
            window.run()
            yield window

    def look(self, page: str = "", query: str = "", origin: str | None = None) -> Seen:
        """Open a page and leave again."""
        with self.window(page, query, origin) as window:
            return window.seen

    def sign_in(self, account: str, button: str = "Sign in") -> requests.Response:
        """Press the button, fill in the provider's form, and come back; gives the last answer."""
        return self.fill_in(self.go_to_provider(button), account)

    def go_to_provider(self, button: str = "Sign in") -> requests.Response:
        with self.window() as window:
            return self._get(window.run(button).redirect)

    def fill_in(self, form: requests.Response, account: str) -> requests.Response:
        action = html.unescape(re.search(r'action="([^"]+)"', form.text)[1])
        filled = {"prompt": "login", "login": account, "password": "any"}
        return self.http.post(urljoin(form.url, action), filled, timeout=ANSWER_SECONDS)

    def sign_out(self) -> requests.Response:
        """Press the button and follow to wherever it leads; gives the first answer."""
        with self.window() as window:
            return self.http.get(
                urljoin(self.url, window.run("Sign out").redirect), allow_redirects=False, timeout=ANSWER_SECONDS
            )

    def cookie(self, name: str) -> str:
        return next((one.value for one in self._cookies() if one.name == name), "")

    def set_cookie(self, name: str, value: str) -> None:
        self.http.cookies.set(name, value, domain=urlsplit(self.url).hostname, path="/")

    def _cookies(self) -> list:
        return [one for one in self.http.cookies if one.domain == urlsplit(self.url).hostname]

    def _get(self, path: str) -> requests.Response:
        return self.http.get(urljoin(self.url, path), timeout=ANSWER_SECONDS)

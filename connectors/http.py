"""The only network code: one client, one timeout, one bounded retry policy, no secret in any message.

The exceptions of requests and urllib3 carry the address with its query, so they are never chained:
an error of this module is raised outside the handler, in words of its own.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import HTTPError
from urllib3.util import Retry, Url

from connectors.address import authority_of, is_loopback, origin, parse_address, path_of, redirected
from connectors.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from connectors.http_log import hide_queries
from connectors.http_status import is_web_page, status_error
from connectors.json_text import decode
from connectors.patience import Patience
from connectors.reachable import mount_guards

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 60
DEADLINE_S = 3600
BACKOFF_S = 0.5
RETRY_AFTER_MAX_S = 60
REDIRECTS_MAX = 5
JSON_LIMIT_BYTES = 100_000_000
DOWNLOAD_LIMIT_BYTES = 5_000_000_000
CHUNK_BYTES = 65_536
CONDITIONS = ("If-None-Match", "If-Modified-Since")
EXPLANATION_BYTES = 4_000
Params = Mapping[str, Any] | None


hide_queries()


@dataclass(frozen=True)
class Answer:
    """One JSON answer: decoded, its headers (case-insensitive), and its bytes as received."""

    data: Any
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Download:
    """One downloaded file and what the server wants back to say "unchanged"; then `path` is None."""

    path: Path | None
    etag: str | None
    last_modified: str | None
    is_unchanged: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


class Client:
    """Reads from one host; use it as a context manager.

    The token goes to that host only, over HTTPS (or to this machine), as `Authorization: Bearer`, or after another
    `scheme`. With a `token_parameter`, an empty scheme or an answer of 401 puts it in the query, else it is sent alone.
    A redirect stays on the host, unless it leads to one of `may_redirect_to` and no token is used.
    Raises SourceUnavailable (no answer, 429, 5xx), SourceRefused (401, 403, too large; NothingThere: 404) or
    SourceChanged (not what was asked for); every message names the source and the path, never the query.
    `explain` may give a better error for a status, from the first bytes that came with it.
    An answer that is not complete after `deadline_s`, and all answers together after `all_s`, are given up.
    """

    def __init__(
        self,
        source_name: str,
        base_url: str,
        token: str | None = None,
        token_parameter: str | None = None,
        scheme: str = "Bearer",
        may_redirect_to: Collection[str] = (),
        explain: Callable[[int, bytes], SourceError | None] | None = None,
        deadline_s: float | None = None,
        all_s: float | None = None,
    ) -> None:
        self._source = source_name
        self._base = parse_address(self._source, base_url)
        self._token = token
        self._token_parameter = token_parameter
        self._may_redirect_to = () if token else may_redirect_to
        self._explain = explain
        self._deadline_s = deadline_s
        self._patience = Patience(source_name, all_s)
        self._scheme, self._is_token_in_query = scheme, bool(token_parameter) and not scheme
        if token:
            self._check_token(token)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "tech4nature-dashboard"
        # Requests to this machine must not leave it by way of a proxy, the key least of all.
        self._session.trust_env = not is_loopback(self._base.host)
        # A callable here also keeps requests from taking other credentials out of ~/.netrc.
        self._session.auth = self._sign
        own_hosts = {authority_of(self._base), self._base.netloc, *self._may_redirect_to}
        mount_guards(self._session, source_name, own_hosts, _retry_policy(all_s), self._patience.connected)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self._session.close()
        self._patience.close()

    def get_json(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """The JSON at `path` below the base address (or at a whole address), at most 100 MB."""
        with self._open(path, params, {"Accept": "application/json"}) as response:
            body = b"".join(self._chunks(response, JSON_LIMIT_BYTES))
            headers = response.headers
        try:
            data = decode(body)
        except (ValueError, RecursionError) as error:
            found = "a web page" if is_web_page(body) else "something else"
            message = f"{self._source}: {path_of(path)} answered with {found} instead of JSON"
            raise SourceChanged(message) from error
        return Answer(data, headers, body)

    def ask(self, path: str, question: Any, limit_bytes: int) -> bytes:
        """The answer to a JSON document that is sent by POST; it may be sent twice, so it must change nothing there."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        with self._open(path, None, headers, json.dumps(question).encode()) as response:
            return b"".join(self._chunks(response, limit_bytes))

    def download(
        self,
        url_or_path: str,
        into: Path,
        etag: str | None = None,
        last_modified: str | None = None,
        limit_bytes: int = DOWNLOAD_LIMIT_BYTES,
        params: Mapping[str, Any] | None = None,
        is_page_kept: bool = False,
    ) -> Download:
        """Stream a file to `into`, unless the server says that it is the one of `etag` or `last_modified`.

        `into` is complete or absent, and no web page unless `is_page_kept`. A whole address may lie on another host
        only when no token is used.
        """
        headers = {name: value for name, value in zip(CONDITIONS, (etag, last_modified), strict=True) if value}
        with self._open(url_or_path, params, headers) as response:
            if response.status_code == 304:
                return Download(None, etag, last_modified, is_unchanged=True)
            part = into.with_name(into.name + ".part")
            try:
                self._save(response, part, limit_bytes, is_page_kept)
                part.replace(into)
            finally:
                part.unlink(missing_ok=True)
            told = response.headers
            return Download(into, told.get("ETag"), told.get("Last-Modified"), headers=told)

    def _save(self, response: requests.Response, part: Path, limit_bytes: int, is_page_kept: bool) -> None:
        is_start = not is_page_kept
        with part.open("wb") as file:
            for chunk in self._chunks(response, limit_bytes):
                if is_start and is_web_page(chunk):
                    raise SourceRefused(
                        f"{self._source}: {path_of(response.url)} answered with a web page instead of a file",
                        "Open the address in a browser: it may ask for a log-in, or the file has moved.",
                    )
                is_start = False
                file.write(chunk)

    def _open(
        self, path_or_url: str, params: Params, headers: Mapping[str, str], body: bytes | None = None
    ) -> requests.Response:
        address = self._address(path_or_url)
        for _ in range(REDIRECTS_MAX + 1):
            response = self._send(address, params, headers, body)
            if not response.is_redirect:
                self._check_status(response, is_conditional=not headers.keys().isdisjoint(CONDITIONS))
                return response
            response.close()
            location = response.headers["Location"]
            address, params = redirected(self._source, address, location, self._may_redirect_to), None
        raise SourceRefused(f"{self._source}: {path_of(path_or_url)} redirects without end")

    def _send(self, address: Url, params: Params, headers: Mapping[str, str], body: bytes | None) -> requests.Response:
        response = self._send_once(address, params, headers, body)
        if response.status_code == 401 and self._token and self._token_parameter and not self._is_token_in_query:
            response.close()
            self._is_token_in_query = True
            response = self._send_once(address, params, headers, body)
        return response

    def _send_once(
        self, address: Url, params: Params, headers: Mapping[str, str], body: bytes | None
    ) -> requests.Response:
        self._patience.begin(path_of(address.url), self._deadline_s or DEADLINE_S)
        try:
            return self._session.request(
                "GET" if body is None else "POST",
                address.url,
                params=params,
                data=body,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_TIMEOUT_S, self._deadline_s or READ_TIMEOUT_S),
            )
        except requests.exceptions.SSLError:
            problem = f"the certificate of {address.host} could not be verified"
        except (requests.RequestException, HTTPError):
            problem = f"no answer from {address.host} to {path_of(address.url)}"
        except ValueError:
            # Where a redirect leads is looked at even where it is not followed.
            raise SourceChanged(f"{self._source}: {path_of(address.url)} redirects to what is no address") from None
        raise SourceUnavailable(f"{self._source}: {problem}")

    def _chunks(self, response: requests.Response, limit_bytes: int) -> Iterator[bytes]:
        shown = path_of(response.url)
        received = 0
        is_broken_off = False
        try:
            for chunk in response.iter_content(CHUNK_BYTES):
                received += len(chunk)
                if received > limit_bytes:
                    message = f"{self._source}: {shown} is larger than {limit_bytes / 1e6:,.0f} MB"
                    raise SourceRefused(message, "Check that the address is the file that you mean.")
                self._patience.check(len(chunk))
                yield chunk
        except (requests.RequestException, HTTPError):
            is_broken_off = True
        # An answer without a length just ends where the clock has ended it.
        self._patience.check()
        self._patience.end()
        if is_broken_off:
            raise SourceUnavailable(f"{self._source}: the answer to {shown} broke off after {received:,} bytes")

    def _check_status(self, response: requests.Response, is_conditional: bool) -> None:
        status, shown = response.status_code, path_of(response.url)
        if status == 200 or (status == 304 and is_conditional):
            return
        explained = self._explain(status, self._start_of(response)) if self._explain else None
        response.close()
        raise explained or status_error(self._source, shown, status)

    def _start_of(self, response: requests.Response) -> bytes:
        try:
            return next(response.iter_content(EXPLANATION_BYTES), b"")
        except (requests.RequestException, HTTPError):
            return b""

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and self._is_token_in_query:
            request.prepare_url(request.url, {self._token_parameter: self._token})
        elif self._token:
            request.headers["Authorization"] = f"{self._scheme} {self._token}".lstrip()
        return request

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"[!-~]+", token):
            raise SourceRefused(
                f"{self._source}: its key holds a blank, a line break or a letter that no key may have",
                "Copy the key again into the variable named by `secret`.",
            )
        if self._base.scheme != "https" and not is_loopback(self._base.host):
            raise SourceRefused(
                f"{self._source}: a key is never sent without encryption, and the address begins with http://",
                "Use the https:// address of this source, or remove `secret`.",
            )

    def _address(self, path_or_url: str) -> Url:
        if not re.match(r"https?://", path_or_url, re.IGNORECASE):
            return parse_address(self._source, f"{self._base.url.rstrip('/')}/{path_or_url.lstrip('/')}")
        address = parse_address(self._source, path_or_url)
        if self._token and origin(address) != origin(self._base):
            raise SourceRefused(
                f"{self._source}: its key is for {self._base.host} and is not sent to {address.host}",
                "Configure the other address as a source of its own.",
            )
        return address


def _retry_policy(all_s: float | None = None) -> Retry:
    return Retry(
        total=3,
        backoff_factor=BACKOFF_S,
        backoff_jitter=BACKOFF_S,
        retry_after_max=min(RETRY_AFTER_MAX_S, RETRY_AFTER_MAX_S if all_s is None else all_s / 10),
        # 500 is left out: some services answer a wrong question with it.
        status_forcelist={429, 502, 503, 504},
        allowed_methods={"GET", "POST"},
        raise_on_status=False,
    )

"""The download service of Movebank: CSV tables by `direct-read`, without paging, one request at a time.

Documented at https://github.com/movebank/movebank-api-doc. A study may ask that a person accepts its licence terms.
"""

import base64
import hashlib
import html
import json
import re
import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.base import Fetched, Payload, Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.http import Client
from connectors.movebank_tables import DEPLOYMENT, EVENT, INDIVIDUAL, TAG, energy_attribute, normalised
from connectors.secret import secret_of
from connectors.small_csv import read_small_csv

GPS = "653"
TOKEN_PARAMETER = "api-token"  # noqa: S105 - the name of it
ATTRIBUTES = (
    *("event_id", "individual_local_identifier", "tag_local_identifier", "timestamp", "location_long", "location_lat"),
    *("visible", "individual_taxon_canonical_name", "update_ts"),
)
# A study lacks what none of its tags measures, and a request for it would fail.
ATTRIBUTES_IF_MEASURED = ("ground_speed",)
DEPLOYMENT_ATTRIBUTES = "id,individual_id,tag_id,deploy_on_timestamp,deploy_off_timestamp,study_site"
# Tags that report late, and a clock that differs from the server's.
OVERLAP = timedelta(days=1)
LICENCE_MAX_BYTES = 1_000_000
FAR_FUTURE = "21990101000000000"
# Movebank refuses a second request from the same address while one is being answered.
_ONE_AT_A_TIME = threading.Lock()


def fetch_study(source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
    """The animals, tags and deployments of the study, and the positions added or changed since the last pull."""
    asked_at = datetime.now(UTC)
    study_id = str(source.options["study_id"])
    cursor = cursor if cursor.get("study_id") == study_id else {}
    with _ONE_AT_A_TIME, _client(source) as client:
        study = _Study(source, client, workspace)
        payloads = [study.table(INDIVIDUAL), study.table(TAG)]
        payloads.append(study.table(DEPLOYMENT, attributes=DEPLOYMENT_ATTRIBUTES))
        since = _since(source, cursor)
        payloads.append(study.table(EVENT, **study.of_positions(), **since))
    sha256 = {payload.name: hashlib.sha256(payload.path.read_bytes()).hexdigest() for payload in payloads[:-1]}
    with payloads[-1].path.open("rb") as file:
        sha256[EVENT] = hashlib.file_digest(file, "sha256").hexdigest()
    new_cursor = {"study_id": study_id, "asked_at": asked_at.isoformat(), "files": sha256}
    if sha256 == cursor.get("files"):
        return Fetched(cursor=new_cursor, is_unchanged=True)
    return Fetched(tuple(payloads), new_cursor)


def licence_terms(source: Source) -> tuple[str, str]:
    """The licence terms that the study asks a person to accept, as plain text, and the MD5 that accepts them.

    Raises SourceRefused when it asks for none (any more).
    """
    with tempfile.TemporaryDirectory() as folder, _ONE_AT_A_TIME, _client(source) as client:
        study = _Study(source, client, Path(folder))
        # Positions of a time to come: the terms are asked for, and no data come where there are none to accept.
        page = study.licence({"entity_type": EVENT, "timestamp_start": FAR_FUTURE})
    if page is None:
        raise SourceRefused(f"{source.name}: the study asks for no licence to be accepted", "Nothing to do: pull it.")
    text = re.sub(r"<(script|style)\b.*?</\1\s*>", "", page.decode(errors="replace"), flags=re.S | re.I)
    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<(?:br|/p|/div|/h\d|/li)\b[^>]*>", "\n", text, flags=re.I)))
    printable = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    return re.sub(r"\n\s*\n+", "\n\n", printable).strip(), _md5(page)


def _client(source: Source) -> Client:
    """A secret of the form `user:password` is sent as HTTP Basic, any other one as an API token."""
    secret = secret_of(source)
    if secret and ":" in secret:
        return Client(source.name, source.location, base64.b64encode(secret.encode()).decode(), scheme="Basic")
    return Client(source.name, source.location, secret, TOKEN_PARAMETER, scheme="")


class _Study:
    """One study of the service and what a person accepted of its licences."""

    def __init__(self, source: Source, client: Client, workspace: Path) -> None:
        self._source = source
        self._client = client
        self._workspace = workspace
        self._study_id = str(source.options["study_id"])

    def table(self, entity: str, **params: str) -> Payload:
        """One table of the study; raises SourceRefused when a page comes instead."""
        asked = {"entity_type": entity, **params}
        path, page = self._get(asked)
        if page is not None:
            md5 = _md5(page)
            if md5 not in _accepted(self._source):
                raise SourceRefused(
                    f"{self._source.name}: the study asks that a person accepts its licence terms",
                    f"Read the terms and run `python ingest.py accept-licence {self._source.name}`.",
                )
            path, page = self._get({**asked, "license-md5": md5})
        self._check_is_table(path, entity)
        return Payload(entity, path, {"entity": entity})

    def of_positions(self) -> dict[str, str]:
        """What to ask for so that positions come with their outlier mark, and of no other sensor than GPS."""
        listed = self.table("study_attribute", sensor_type_id=GPS).path
        sheet = read_small_csv(listed, self._source.name, {"short_name": ("shortname",)}, ("short_name",))
        measured = {normalised(name): name for row in sheet.rows if (name := row.cells["short_name"].strip())}
        wanted = (*ATTRIBUTES_IF_MEASURED, energy_attribute(self._source))
        attributes = dict.fromkeys((*ATTRIBUTES, *(measured[name] for name in wanted if name in measured)))
        return {"sensor_type_id": GPS, "attributes": ",".join(attributes)}

    def licence(self, asked: Mapping[str, str]) -> bytes | None:
        """The page with the licence terms, None when the study asks for none to be accepted."""
        path, page = self._get(asked)
        if page is None:
            self._check_is_table(path, asked["entity_type"])
        return page

    def _get(self, asked: Mapping[str, str]) -> tuple[Path, bytes | None]:
        into = self._workspace / f"{asked['entity_type']}.csv"
        params = {**asked, "study_id": self._study_id}
        download = self._client.download(self._source.location, into, params=params, is_page_kept=True)
        if download.headers.get("accept-license", "").lower() != "true":
            return into, None
        if into.stat().st_size > LICENCE_MAX_BYTES:
            raise SourceChanged(f"{self._source.name}: the licence terms are larger than a page")
        return into, into.read_bytes()

    def _check_is_table(self, path: Path, entity: str) -> None:
        with path.open("rb") as file:
            start = file.read(1000).decode("utf-8-sig", "replace")
        if not start.lstrip().startswith("<"):
            return
        problem = "no data of it" if "No data available" in start else "a page instead of a table"
        raise SourceRefused(
            f"{self._source.name}: asked for the {entity} table of the study, Movebank answered with {problem}",
            "Ask the owner of the study for permission to download, and check `secret` and `study_id`.",
        )


def _since(source: Source, cursor: Mapping[str, Any]) -> dict[str, str]:
    if "asked_at" not in cursor:
        return {}
    try:
        start = datetime.fromisoformat(cursor["asked_at"]) - OVERLAP
    except (TypeError, ValueError) as error:
        raise SourceChanged(
            f"{source.name}: its cursor has no time that can be read", "Pull it again whole."
        ) from error
    return {"update_ts_start": start.strftime("%Y%m%d%H%M%S000")}


def _accepted(source: Source) -> set[str]:
    """The MD5 of each licence that a person accepted, in `accepted_licence_md5` or in the file named by `licences`."""
    given = source.options.get("accepted_licence_md5", ())
    accepted = {given} if isinstance(given, str) else set(given)
    file = source.options.get("licences")
    if file and Path(file).exists():
        try:
            of_source = json.loads(Path(file).read_text("utf-8")).get(source.name, ())
        except (OSError, ValueError, AttributeError) as error:
            message = f"{source.name}: {Path(file).name}, the list of accepted licences, cannot be read"
            raise SourceRefused(message, "Correct or remove the file.") from error
        accepted |= {of_source} if isinstance(of_source, str) else set(of_source)
    return accepted


def _md5(page: bytes) -> str:
    return hashlib.md5(page, usedforsecurity=False).hexdigest()

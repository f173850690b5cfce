"""However much is sent, the server holds the newest files of a session only, and a bounded number of bytes."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.responses import Response
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from ui import upload_limits
from ui.upload_limits import MOST_BYTES, MOST_FILES_OF_A_SESSION, UploadLimits

SIZE = 15_000_000
STATUS = {"kept": 204, "refused": 503}


@pytest.fixture
def manager(monkeypatch):
    found = MemoryUploadedFileManager("/_stcore/upload_file")
    monkeypatch.setattr(upload_limits.runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=found))
    monkeypatch.setattr(upload_limits.st, "get_option", lambda name: 20)
    return found


def server(manager, seconds: float = 0.0) -> UploadLimits:
    async def keep(scope, receive, send) -> None:
        await asyncio.sleep(seconds)
        if scope["method"] == "PUT":
            session_id, file_id = scope["path"].split("/")[-2:]
            manager.add_file(session_id, UploadedFileRec(file_id, "x", "text/csv", bytes(SIZE)))
        await Response(status_code=204)(scope, receive, send)

    return UploadLimits(keep)


async def send_to(limits: UploadLimits, path: str, method: str = "PUT") -> int:
    sent = []

    async def keep(message) -> None:
        sent.append(message)

    async def nothing() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    await limits({"type": "http", "method": method, "path": path, "headers": []}, nothing, keep)
    return sent[0]["status"]


def test_of_a_session_the_newest_files_are_kept(manager):
    limits = server(manager)
    answers = [asyncio.run(send_to(limits, f"/base/_stcore/upload_file/me/{n}")) for n in range(10)]
    assert answers == [STATUS["kept"]] * 10
    assert list(manager.file_storage["me"]) == [str(n) for n in range(10)][-MOST_FILES_OF_A_SESSION:]


def test_sessions_without_end_are_refused_before_memory_is_full_and_welcome_again_when_there_is_room(manager):
    limits = server(manager)
    answers = [asyncio.run(send_to(limits, f"/_stcore/upload_file/session-{n}/1")) for n in range(40)]
    assert set(answers) == set(STATUS.values())
    held = sum(len(file.data) for files in manager.file_storage.values() for file in files.values())
    assert MOST_BYTES - 2 * SIZE < held <= MOST_BYTES
    for n in range(5):
        manager.remove_session_files(f"session-{n}")
    assert asyncio.run(send_to(limits, "/_stcore/upload_file/late/1")) == STATUS["kept"]


def test_files_on_their_way_count_too(manager):
    async def at_once() -> list[int]:
        limits = server(manager, seconds=0.05)
        return await asyncio.gather(*(send_to(limits, f"/_stcore/upload_file/session-{n}/1") for n in range(40)))

    answers = asyncio.run(at_once())
    assert answers.count(STATUS["kept"]) == MOST_BYTES // (20 * 1024**2)


def test_other_requests_pass(manager):
    limits = server(manager)
    for n in range(40):
        asyncio.run(send_to(limits, f"/_stcore/upload_file/session-{n}/1"))
    assert asyncio.run(send_to(limits, "/_stcore/upload_file/session-1/1", "DELETE")) == 204
    assert asyncio.run(send_to(limits, "/overview", "GET")) == 204

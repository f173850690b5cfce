"""Raw answers as received: compressed, named by the hash of their content, so each is kept once."""

import hashlib
import uuid
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

BLOCK_BYTES = 1 << 20


class RawStore:
    """`raw/ab/abcd….zst` below the store's folder or URL."""

    def __init__(self, store_url: str) -> None:
        url = store_url if "://" in store_url else str(Path(store_url).absolute())
        self._files, self._root = fs.FileSystem.from_uri(url)

    def keep(self, path: Path) -> str:
        """Keep a file and return the SHA-256 of its content; a file already kept is not written again."""
        digest = _sha256(path)
        folder = f"{self._root}/raw/{digest[:2]}"
        target = f"{folder}/{digest}.zst"
        if self._files.get_file_info(target).type == fs.FileType.File:
            return digest
        self._files.create_dir(folder, recursive=True)
        partial = f"{target}.{uuid.uuid4().hex}.partial"
        with (
            path.open("rb") as source,
            self._files.open_output_stream(partial) as sink,
            pa.CompressedOutputStream(sink, "zstd") as packed,
        ):
            while block := source.read(BLOCK_BYTES):
                packed.write(block)
        self._files.move(partial, target)
        return digest

    def read(self, digest: str) -> bytes:
        """The content that was kept under this hash."""
        target = f"{self._root}/raw/{digest[:2]}/{digest}.zst"
        with (
            self._files.open_input_stream(target, compression=None) as stream,
            pa.CompressedInputStream(stream, "zstd") as content,
        ):
            return content.read()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

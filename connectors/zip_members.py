"""Which members of a zip can be unpacked piece by piece, so that a small one never fills the memory."""

import zipfile

# Python unpacks the other methods a whole block at a time: 700 bytes of bzip2 become gigabytes at once.
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_bounded(member: zipfile.ZipInfo) -> bool:
    """Whether reading so many bytes of a member needs about so much memory."""
    return member.compress_type in BOUNDED

"""A ZIP of ours: the same files make the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping
from io import BytesIO

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file."""
PLAIN, RUN = 0o644, 0o755
UNIX = 3


def zipped(files: Mapping[str, bytes], run: Collection[str] = ()) -> bytes:
    """Files by their names; those in ``run`` are programs."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.create_system = UNIX
            info.external_attr = (RUN if name in run else PLAIN) << 16
            made.writestr(info, files[name], zipfile.ZIP_DEFLATED)
    return data.getvalue()

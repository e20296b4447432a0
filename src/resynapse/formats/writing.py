"""Writing text so that no half file is left. Loads nothing heavy."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from resynapse.errors import Place, Refused


def write_text_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write UTF-8 text: to a temporary file beside it, flushed to disk, then put in place at once.

    On an error or Ctrl-C the old file stays as it was, and no temporary file is left. Refused if the
    folder is missing or the path is a folder, a device or a pipe: those would be replaced by a file.
    """
    target = Path(path)
    if target.is_dir():
        raise Refused(
            "the path is a folder", "A file is written.", (str(target / "out.toml"),), Place(file=str(target))
        )
    if not plain(target):
        raise Refused("the path is a device or a pipe", "A file is written.", ("out.toml",), Place(file=str(target)))
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except (OSError, ValueError) as no:
        raise Refused(f"nothing can be written there: {reason(no)}", "", (), Place(file=str(target))) from no
    try:
        with open(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def plain(target: Path) -> bool:
    """Whether a path is a file or not there: never a device, a pipe or a socket, nor a link to one."""
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except (OSError, ValueError):
        return True


def _mode(target: Path) -> int:
    """Mode of the file that is replaced, or what a new file gets."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def reason(no: Exception) -> str:
    """What the system says of an error, lower case."""
    text = no.strerror if isinstance(no, OSError) and no.strerror else str(no)
    return text[:1].lower() + text[1:]

"""Has a page or a feed read by a child with limits, and takes from it only what is as it should be."""

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any, Literal

from app.errors import NothingToRead, SiteTooSlow
from app.models.fields import Json
from app.web import Got, Web
from app.web.child import NOT_INSTALLED

MOST_CHILDREN = 2  # at a time in one process: each takes a processor for a second and up to 300 MB
_children = threading.BoundedSemaphore(MOST_CHILDREN)


def read(web: Web, kind: Literal["page", "feed"], got: Got) -> Json | None:
    """What the child found; None when that is nothing.

    Raises:
        NothingToRead: when it took more memory or time than it may have. SiteTooSlow: when the processors are busy with others.
    """
    told = {"url": got.url, "content_type": got.headers.get("content-type", ""), "memory": web.most_memory, "cpu_s": web.read_cpu_s}
    sent = json.dumps(told).encode() + b"\n" + got.body
    command = [sys.executable, "-P", "-m", "app.web.child", kind]
    if not _children.acquire(timeout=2 * web.read_within_s):
        raise SiteTooSlow("too many pages are being read; try again in a moment")
    try:
        done = subprocess.run(
            command, input=sent, capture_output=True, timeout=web.read_within_s, env=_environment(), check=False, close_fds=True
        )
    except subprocess.TimeoutExpired:
        raise SiteTooSlow(f"{got.url[:200]} was not read within {web.read_within_s:g} seconds") from None
    finally:
        _children.release()
    if done.returncode == NOT_INSTALLED:
        raise RuntimeError(f"what reads pages is not installed as it should be: {done.stderr.decode(errors='replace')[-500:]}")
    if done.returncode != 0:
        raise NothingToRead(f"{got.url[:200]} cannot be read: {_reason(done.returncode, done.stderr)}")
    found: Any = json.loads(done.stdout)
    return found if isinstance(found, dict) else None


def line(value: Any, most: int) -> str | None:
    """A text of one line as the archive takes it: without what no database stores, cut where it is too long."""
    if not isinstance(value, str):
        return None
    return " ".join(plain(value).split())[:most].strip() or None


def plain(text: str) -> str:
    """Without NUL and halves of surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _environment() -> dict[str, str]:
    """What Python needs to start, and no key or address of the program's."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}


def _reason(code: int, told: bytes) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL) if sys.platform != "win32" else False:
        return "it takes too long"
    return "it takes too much memory" if b"emory" in told else "its parser failed"

"""Reads a page or a feed in a process of its own: `python -m app.web.child page|feed`.

On standard input a line of JSON (`url`, `content_type`, `memory` in bytes, `cpu_s`) and behind it the bytes; on standard output
JSON: what was found, or null where there is nothing. Whatever a page does to its parser, it does it here: the process has little
memory and little time, writes no file, and knows no setting of the program. It must not import what the program is made of.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

NOT_INSTALLED = 70  # exit code: the fault is not the page's


def _read_page(body: bytes, told: dict[str, Any]) -> Callable[[], Any]:
    from app.web import page_reading  # before the limits, for it imports a lot

    return lambda: page_reading.read(body, told["content_type"], told["url"])


def _read_feed(body: bytes, told: dict[str, Any]) -> Callable[[], Any]:
    from app.web import feed_reading

    return lambda: feed_reading.read(body, told["content_type"], told["url"])


def _limit(memory: int, cpu_s: int) -> None:
    """Where the system knows limits; elsewhere only the parent's patience holds."""
    if sys.platform == "win32":
        return
    import resource

    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(5)  # whoever asks the service comes first
    told = json.loads(sys.stdin.buffer.readline())
    try:
        reading = (_read_page if sys.argv[1] == "page" else _read_feed)(sys.stdin.buffer.read(), told)
    except ImportError as error:
        sys.stderr.write(str(error))
        sys.exit(NOT_INSTALLED)
    _limit(told["memory"], told["cpu_s"])
    found = json.dumps(reading(), ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(found)


if __name__ == "__main__":
    main()

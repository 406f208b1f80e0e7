"""What a feed lists, RSS or Atom. Only the child imports this; see `child.py`."""

import calendar
from datetime import UTC, datetime
from typing import Any

import feedparser

_STRUCTURES = ("rss", "atom", "cdf")  # how versions of feeds begin: rss20, atom10


def read(body: bytes, content_type: str, url: str) -> dict[str, Any] | None:
    """None for what is no feed. Only bytes are handed on: a text that is a path would be opened."""
    assert isinstance(body, bytes)
    headers = {"content-location": url, "content-type": content_type}
    found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not str(found.get("version", "")).startswith(_STRUCTURES):
        return None
    return {
        "title": _line(found.feed.get("title")),
        "entries": [_entry(entry) for entry in found.entries],
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.get("id"),
        "link": entry.get("link"),
        "title": _line(entry.get("title")),
        "author": _line(entry.get("author")),
        "published": _instant(entry.get("published_parsed")),
    }


def _instant(parsed: Any) -> str | None:
    """feedparser gives the time in UTC."""
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _line(text: Any) -> str | None:
    return " ".join(str(text).split()) or None if text else None

"""What stands on a page: text, title, date, authors, site and language. Only the child imports this; see `child.py`."""

import codecs
import re
from datetime import UTC, date, datetime
from typing import Any

import trafilatura

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_SAID = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{4,40})\"")  # in JSON-LD, wherever in it
_PARTIAL = re.compile(r"\d{4}(-\d\d)?")
_FIRST_BYTES = 4096  # in which a page says how it is encoded
_WHATWG = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}  # what browsers take these to mean
_DATES = (
    "//meta[@property='article:published_time' or @property='og:article:published_time' or @itemprop='datePublished']/@content"
    " | //meta[@name='date' or @name='dcterms.created' or @name='dc.date' or @name='parsely-pub-date']/@content"
    " | //time[@itemprop='datePublished' or @pubdate]/@datetime"
)
_LANGUAGES = (
    "//html/@lang | //html/@xml:lang | //meta[@property='og:locale']/@content | //meta[@http-equiv='content-language']/@content"
)


def read(body: bytes, content_type: str, url: str) -> dict[str, Any] | None:
    """None when there is no text. Texts are plain, and may hold what looks like HTML: they are data."""
    tree = trafilatura.load_html(_decoded(body, content_type))
    if tree is None:
        return None
    languages = [str(found) for found in tree.xpath(_LANGUAGES)]
    said = [str(found).strip() for found in tree.xpath(_DATES)]
    said += [found for script in tree.xpath("//script[@type='application/ld+json']/text()") for found in _SAID.findall(str(script))]
    canonical = [str(found) for found in tree.xpath("//link[@rel='canonical']/@href")]
    found: Any = trafilatura.bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        # a date that only stands somewhere in the text is not taken for the day of publication
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": datetime.now(UTC).date().isoformat(),
        },
    )
    if found is None or not (found.text or "").strip():
        return None
    return {
        "text": found.text.strip(),
        "title": found.title,
        "authors": [name.strip() for name in (found.author or "").split(";") if name.strip()],
        "site": found.sitename,
        "published": published(said, found.date),
        "language": next((tag for tag in map(language, languages) if tag), None),
        "canonical": canonical[0] if canonical else None,
    }


def published(said: list[str], day: str | None) -> str | None:
    """As precisely as the page says: the instant with its offset, where a date for machines gives one for that day."""
    if day is None and (partial := next(filter(_PARTIAL.fullmatch, said), None)):
        return partial
    for text in said:
        moment = _moment(text)
        if moment is None:
            continue
        days = {moment.date().isoformat()} | ({moment.astimezone(UTC).date().isoformat()} if moment.tzinfo else set())
        if day is None or day in days:
            return moment.isoformat() if moment.tzinfo and "T" in text.upper().replace(" ", "T") else moment.date().isoformat()
    return day if day and _is_day(day) else None


def language(said: str) -> str | None:
    """`en_GB` and `EN-gb, fr` as a tag: en-GB."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?![A-Za-z0-9])", said)
    if match is None:
        return None
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _decoded(body: bytes, content_type: str) -> "str | bytes":
    """By its mark, as the server says, or as the page says; else as it is, for trafilatura to guess."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    first = body[:_FIRST_BYTES]
    match = _CHARSET.search(content_type) or _CHARSET.search(first.decode("latin-1"))
    name = match[1] if match else (xml[1].decode("ascii") if (xml := _XML_ENCODING.match(first)) else None)
    if name is not None:
        try:
            known = codecs.lookup(name).name
            text = body.decode(_WHATWG.get(known, known), "replace")
        except (LookupError, ValueError):
            return body
        # lxml refuses a str that says how it is encoded
        return re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.replace("\x00", ""), count=1) or body
    return body

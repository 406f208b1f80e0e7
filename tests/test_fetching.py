"""What is taken from the web: within a time, up to a size, along so many redirects; read in a process with limits."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AddressRefused, NothingToRead, SiteFailed, SiteTooSlow
from app.web import Got, Web, reading
from app.web.addresses import Allowed
from app.web.feeds import get_feed
from app.web.pages import get_page
from tests.serving import PROJECT
from tests.site import PARAGRAPHS, Site, atom, bomb, page, rss, serving_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving_site() as serving:
        yield serving


@pytest.fixture
def web(site: Site) -> Web:
    return Web("Dateline/test (desk@harbor.example)", Allowed.read([site.host_and_port]), total_s=10)


def test_a_page_is_read_without_what_stands_around_it(web: Web, site: Site) -> None:
    site.redirect("/short", "/2024/dam?utm_source=x")
    site.put("/2024/dam?utm_source=x", page(head='<link rel="canonical" href="/2024/dam">'))
    read = get_page(web, f"{site.base}/short")
    assert read.text.splitlines() == [*PARAGRAPHS, "This is report number 1."]
    assert (read.title, read.authors, read.site) == ("Dam Is Safe, Says Engineer", ["Cy Orr"], "Harbor Wire")
    assert (read.published, read.language) == ("2024-03-08T07:30:00Z", "en-GB")
    assert (read.address, read.got_from) == (f"{site.base}/2024/dam", f"{site.base}/2024/dam?utm_source=x")
    assert site.asked[-1][1]["user-agent"] == "Dateline/test (desk@harbor.example)"


def test_no_page_speaks_for_another_sites_address(web: Web, site: Site) -> None:
    url = site.put(
        "/liar", page(head='<link rel="canonical" href="https://harbor-wire.example/2024/dam">').replace("T09:30:00+02:00", "")
    )
    read = get_page(web, url)
    assert (read.address, read.published) == (url, "2024-03-08")  # a day stays a day


@pytest.mark.parametrize(
    "encoding, kind",
    [
        ("iso-8859-1", "text/html; charset=ISO-8859-1"),
        ("utf-16", "text/html"),
        ("utf-8", "text/html; charset=x-nonsense"),
    ],
)
def test_a_page_in_another_encoding_is_read_as_it_says(web: Web, site: Site, encoding: str, kind: str) -> None:
    told = page(title="Café Zoë").replace("utf-8", encoding)
    read = get_page(web, site.put("/encoded", told.encode(encoding, "ignore"), kind))
    assert read.title == "Café Zoë"
    assert "Ann Lee said" in read.text


def test_bytes_that_are_no_text_and_half_pages_are_read_or_refused(web: Web, site: Site) -> None:
    told = page().encode()[:-220].replace(b"spillway", b"spill\xff\xfe\x00way")
    read = get_page(web, site.put("/broken", told))
    assert "\x00" not in read.text
    assert "the mayor, Bo Day" in read.text


@pytest.mark.parametrize(
    "path, kind, body, why",
    [
        ("/none", None, None, "answered 404"),
        ("/pdf", "application/pdf", b"%PDF-1.7", "text/html are read"),
        ("/empty", "text/html", b"", "no text"),
        ("/menu", "text/html", b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no text"),
        ("/large", "text/html", b"<p>again</p>" * 200_000, "2,000,000"),
    ],
)
def test_what_is_no_page_with_an_article_is_said_to_be_none(
    web: Web, site: Site, path: str, kind: str | None, body: bytes | None, why: str
) -> None:
    url = site.put(path, body, kind) if body is not None and kind else site.base + path
    with pytest.raises(NothingToRead, match=why):
        get_page(web, url)


@pytest.mark.parametrize("path", ["/drip", "/drip-headers"])
def test_a_site_that_drips_is_left_when_the_time_is_over(web: Web, site: Site, path: str) -> None:
    with pytest.raises(SiteTooSlow):  # it would go on for hours
        get_page(replace(web, total_s=0.5), site.base + path)


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: time.sleep(2) or [])
    with pytest.raises(SiteTooSlow):
        get_page(Web("test", total_s=0.3), "http://slow-names.example/")


BOMB = bomb(100)


@pytest.mark.parametrize("path", ["/endless", "/bomb", "/bomb-in-bomb"])
def test_what_has_no_end_or_grows_is_left_at_five_megabytes(web: Web, site: Site, path: str) -> None:
    site.put("/bomb", BOMB, Content_Encoding="gzip")
    site.put("/bomb-in-bomb", BOMB, Content_Encoding="gzip, gzip")
    before = _own_peak_kb()
    with pytest.raises(NothingToRead, match=r"5,000,000|encoded as"):
        get_page(web, site.base + path)
    assert _own_peak_kb() - before < 40_000


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "http://[::1]/", "file:///etc/passwd", "//10.0.0.1"]
)
def test_a_redirect_inward_is_refused(web: Web, site: Site, to: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        get_page(web, site.redirect("/inward", to))
    assert "169.254.169.254" not in str(refused.value) or "169.254.169.254" in to


def test_redirects_end(web: Web, site: Site) -> None:
    for i in range(7):
        site.redirect(f"/hop{i}", f"/hop{i + 1}")
    site.redirect("/loop", "/loop")
    site.put("/hop7", page())
    assert get_page(web, f"{site.base}/hop2").text
    for path in ("/hop1", "/loop"):
        with pytest.raises(NothingToRead, match="more than 5 redirects"):
            get_page(web, site.base + path)


def test_a_site_out_of_order_may_be_asked_again_and_says_when(web: Web, site: Site) -> None:
    with pytest.raises(SiteFailed) as failed:
        get_page(web, site.put("/busy", "", status=503, Retry_After="120"))
    assert (failed.value.status, failed.value.retry_after_s) == (503, 120)
    with pytest.raises(SiteFailed):
        get_page(web, site.put("/half", b"no gzip", Content_Encoding="gzip"))


HOSTILE = {
    "tables": "<table>" + "<tr><td>a" * 200_000,
    "spans": "<article><p>" + "<span>a b</span>" * 120_000,
}


@pytest.mark.parametrize("form", HOSTILE)
def test_a_hostile_page_is_given_up(web: Web, site: Site, form: str) -> None:
    """Reading it to its end would take minutes."""
    url = site.put("/hostile", f"<html><body>{HOSTILE[form]}")
    with pytest.raises((NothingToRead, SiteTooSlow), match=r"too long|too much memory|not read within"):
        get_page(replace(web, read_cpu_s=2, most_memory=200_000_000), url)


def test_the_child_has_no_more_than_it_is_given(tmp_path: Path) -> None:
    """A parser that is taken over: it gets no memory, writes no file, and sees no key of the program's."""
    program = (
        "import os, sys; from app.web import child; child._limit(300_000_000, 10)\n"
        "try: bytearray(400_000_000)\nexcept MemoryError: print('no memory')\n"
        f"try: os.write(os.open({str(tmp_path / 'written')!r}, os.O_WRONLY | os.O_CREAT), b'x')\nexcept OSError: print('no file')\n"
        "print(sorted(name for name in os.environ if name.startswith('DATELINE')))"
    )
    os.environ["DATELINE_LLM_KEY"] = "secret"
    try:
        environment = reading._environment()  # noqa: SLF001
    finally:
        del os.environ["DATELINE_LLM_KEY"]
    environment["PYTHONPATH"] = f"{PROJECT}{os.pathsep}{environment['PYTHONPATH']}"
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False).stdout
    assert told.splitlines() == ["no memory", "no file", "[]"]


def test_the_service_starts_without_what_reads_pages_and_the_child_without_what_the_service_is_made_of() -> None:
    looked_for = {"httpx", "lxml", "trafilatura", "feedparser", "pydantic", "sqlmodel"}
    for imported, there in (("app.main", ["pydantic", "sqlmodel"]), ("app.web.child", [])):
        program = f"import sys, {imported}; print(sorted({looked_for} & sys.modules.keys()))"
        assert subprocess.check_output([sys.executable, "-c", program], cwd=PROJECT, text=True).strip() == str(there)


def test_an_installation_that_cannot_read_is_not_the_pages_fault(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_environment", lambda: {"PYTHONPATH": str(PROJECT), "PYTHONNOUSERSITE": "1", "PYTHONHOME": ""})
    monkeypatch.setattr(sys, "executable", getattr(sys, "_base_executable", sys.executable))
    with pytest.raises(RuntimeError, match="not installed"):
        reading.read(web, "page", Got("http://news.example/", 200, {}, b"<p>x</p>"))


def test_feeds_of_both_kinds_are_read_and_an_unchanged_one_is_none(web: Web, site: Site) -> None:
    for path, body in (("/rss", rss(site.base, range(2))), ("/atom", atom(site.base, range(2)))):
        listed = get_feed(web, site.put(path, body, "application/xml", ETag='"1"'), None, None)
        assert listed is not None
        assert (listed.title, listed.etag) == ("Harbor Wire", '"1"')
        assert [entry.link for entry in listed.entries] == [f"{site.base}/news/{i}" for i in range(2)]
        assert {entry.published for entry in listed.entries} == {"2024-03-08T07:30:00Z"}
        assert get_feed(web, site.base + path, '"1"', None) is None


ENTITIES = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
OUTER = f"<!ENTITY a '{'a' * 1000}'><!ENTITY file SYSTEM 'file:///etc/passwd'>"


def test_a_feed_of_entities_grows_nothing_and_opens_no_file(web: Web, site: Site) -> None:
    told = (
        f"<?xml version='1.0'?><!DOCTYPE x [{OUTER}{ENTITIES}]><rss version='2.0'><channel><title>&j;&file;</title></channel></rss>"
    )
    listed = get_feed(web, site.put("/entities", told, "application/rss+xml"), None, None)
    assert listed is not None
    assert "root:" not in (listed.title or "")
    assert len(listed.title or "") < 100


@pytest.mark.parametrize("body", ["/etc/passwd", "<html><p>no feed</p></html>", ""])
def test_what_is_no_feed_is_said_to_be_none_and_a_path_is_not_opened(web: Web, site: Site, body: str) -> None:
    with pytest.raises(NothingToRead, match="no feed"):
        get_feed(web, site.put("/no-feed", body, "application/rss+xml"), None, None)


def _own_peak_kb() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

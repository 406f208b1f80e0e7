"""When two addresses are the same article's."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.folding import bounded

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref_src|cmpid|ocid")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_web_address(url: str) -> bool:
    """Whether it is an absolute http or https address with a host, without spaces and without a password."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in _DEFAULT_PORTS
        and bool(parts.hostname)
        and parts.password is None
        and port_is_valid
        and not re.search(r"[\s\x00-\x1f\x7f\\]", url)
    )


def address_key(url: str) -> str:
    """The key under which an address is one article's.

    Left out: the scheme, `www.`, the default port, the fragment, a closing slash, tracking parameters, and the order of the others.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme) else ""
    kept = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k))
    query = f"?{urlencode(kept)}" if kept else ""
    return bounded(f"{host}{port}{parts.path.rstrip('/')}{query}")

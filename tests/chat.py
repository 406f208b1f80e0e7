"""A stand-in for a language model's server: real HTTP on this machine, with the replies that a test lays out."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app import extract
from app.models.extraction import Extraction

KEY = "key-of-nobody-else"
TEXT = (
    "KELVAR (Harbor Wire) – Engineer Ann Lee said on Monday that the Kelvar dam may have been safe since December 2017.\n"
    "“It can’t  break,” she told the council. “It will hold.” Critics called that half true.\n"
    "The dam is safe. The mayor, Tom Berg, repeated that the dam is safe."
)
SAFE = {
    "quote": "the Kelvar dam may have been safe since December 2017",
    "before": "Ann Lee said on Monday that",
    "speaker": "Engineer Ann Lee",
    "speaker_name": "Ann Lee",
    "cue": "said",
    "subjects": ["Kelvar"],
}
NAMES = [{"name": "Ann Lee", "type": "person"}, {"name": "Tom Berg", "type": "person"}, {"name": "Kelvar", "type": "place"}]
Reply = tuple[int, dict[str, str], bytes]


def told(*claims: dict[str, Any], **more: Any) -> str:
    """What a model says that does as it was asked."""
    empty = {"before": "", "speaker": None, "speaker_name": None, "cue": None, "subjects": []}
    return json.dumps({"names": NAMES, "claims": [{**empty, **claim} for claim in claims], **more})


def good(said: str) -> Reply:
    return 200, {}, json.dumps({"id": "1", "choices": [{"index": 0, "message": {"role": "assistant", "content": said}}]}).encode()


def bad(status: int, message: str = "no", **headers: str) -> Reply:
    return status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps({"error": {"message": message}}).encode()


class Model(ThreadingHTTPServer):
    """Gives the replies in turn, the last one again and again; keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[Reply | Callable[[Any], None]] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def handle_error(self, *_: Any) -> None:
        """Who asked has gone, as it should."""

    def next(self) -> Any:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.headers.append({"path": self.path, **self.headers})
        reply = self.server.next()
        if callable(reply):
            return reply(self)
        status, headers, body = reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests' own output is enough."""


@contextmanager
def serving_model() -> Iterator[Model]:
    serving = Model()
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()


def read(model: Model, *replies: Reply | Callable[[Any], None], text: str = TEXT, **options: Any) -> Extraction:
    model.replies = list(replies)
    url = f"http://127.0.0.1:{model.server_address[1]}/v1"
    found = extract.find("llm:tiny", {"llm_url": url, "llm_key": KEY, "llm_timeout_s": 5, "llm_retries": 0, **options})
    return found.extract(text, None)


def quotes(found: Extraction, text: str = TEXT) -> list[str]:
    return [text[c.start : c.end] for c in found.claims]

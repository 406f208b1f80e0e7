"""What Schemathesis cannot know by itself, for tests/test_contract.py: how JSON Lines are sent, and what may stand in them."""

import json

import schemathesis
from hypothesis import strategies as st

LINES = "application/x-ndjson"
_values = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
_drafts = st.fixed_dictionaries({"text": st.text(max_size=50)}, optional={"url": st.text(max_size=20), "extract": st.booleans()})
_objects = st.dictionaries(st.text(max_size=5), _values, max_size=3)
_line = (_drafts | _objects | _values).map(lambda value: json.dumps(value).encode())
schemathesis.openapi.media_type(LINES, st.lists(_line | st.binary(max_size=50), max_size=8).map(b"\n".join))
schemathesis.serializer.alias(LINES, "application/octet-stream")

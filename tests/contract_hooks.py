"""What Schemathesis cannot know by itself, for tests/test_contract.py: JSON Lines are sent as the bytes that they are."""

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")

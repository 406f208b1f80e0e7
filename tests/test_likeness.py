"""What texts are compared by."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app import likeness
from app.folding import joined

WORDS = st.sampled_from(["report", "3rd", "٣٤", "naïve", "日本", "x" * 70, *(f"word{i}" for i in range(40))])
TEXTS = st.lists(st.lists(WORDS, max_size=60).map(lambda words: joined(" ".join(words))), max_size=8)


@settings(deadline=None)  # the first loads numpy
@given(TEXTS)
def test_a_text_has_the_same_keys_alone_and_among_others(texts: list[str]) -> None:
    together = likeness.keys(likeness.hashes(texts))
    assert together == [keys for text in texts for keys in likeness.keys(likeness.hashes([text]))]


@settings(deadline=None)  # the first loads numpy
@given(TEXTS)
def test_the_hash_of_a_word_is_its_own_and_odd_if_there_is_a_figure_in_it(texts: list[str]) -> None:
    words = " ".join([*texts, "end"]).split(" ")
    hashes = [int(found) for text in likeness.hashes([*texts, "end"]) for found in text]
    known = dict(zip(words, hashes, strict=True))
    assert len(set(known.values())) == len(known)
    assert all(known[word] % 2 == any(map(str.isdecimal, word)) for word in known)


def test_a_long_text_is_hashed_in_pieces_as_in_one(monkeypatch) -> None:
    text = joined(" ".join(f"word{i} and more" for i in range(300)))
    whole = likeness.hashes([text, text])
    monkeypatch.setattr(likeness, "AT_ONCE", 50)
    assert [part.tolist() for part in likeness.hashes([text, text])] == [part.tolist() for part in whole]

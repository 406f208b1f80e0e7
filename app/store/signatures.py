"""Signatures of texts: a few numbers of each, under which articles that share one of them are found. Nothing here commits."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, delete, select
from sqlmodel import Session

from app import likeness
from app.folding import joined
from app.likeness import Print, Words
from app.models.articles import ArticleRow, RevisionRow
from app.models.copies import ArticleSignatureRow, CopyKeyRow, UnsignedArticleRow
from app.store import rows
from app.store.prepared import IDS, Prepared, table

MOST_HOLDERS = 16  # articles kept of each key: those stored first; a phrase of ten thousand reports costs no more
_article, _revision = table(ArticleRow).c, table(RevisionRow).c
_signature, _key, _unsigned = (table(row).c for row in (ArticleSignatureRow, CopyKeyRow, UnsignedArticleRow))
_current = and_(_revision.article_id == _article.id, _revision.number == _article.revision)
_TEXTS = Prepared(
    select(_article.id, _revision.text).join_from(table(ArticleRow), table(RevisionRow), _current).where(_article.id.in_(IDS))
)
_HOLDERS = Prepared(select(_key.key, _key.article_id).where(_key.key.in_(IDS)).order_by(_key.key, _key.article_id))
_ANY_UNSIGNED = Prepared(select(_unsigned.article_id).limit(1))
_AT_ONCE = 200


@dataclass(slots=True)
class Signatures:
    """What was read of them. `holders`: of each key that was looked up, the articles that are kept of it."""

    session: Session
    holders: dict[int, list[int]] = field(default_factory=dict)
    prints: dict[int, Print] = field(default_factory=dict)
    words: dict[int, Words] = field(default_factory=dict)  # of texts that were signed and not compared yet

    def is_copy(self, one: int, other: int) -> bool:
        self.read([one, other])
        return likeness.is_copy(self.prints[one], self.prints[other])

    def score(self, one: int, other: int) -> float:
        self.read([one, other])
        return likeness.score(self.prints[one], self.prints[other])

    def read(self, ids: Iterable[int]) -> None:
        """The prints of the current texts of these articles."""
        new = [i for i in ids if i not in self.prints]
        if not new:
            return
        texts = self.words_of([i for i in new if i not in self.words])
        self.words.update(zip((i for i, _ in texts), likeness.hashes([words for _, words in texts]), strict=True))
        self.prints.update((i, likeness.print_of(self.words.pop(i))) for i in new)

    def words_of(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """The current texts of these articles, as `folding.joined` spells them."""
        lots = (ids[i : i + _AT_ONCE] for i in range(0, len(ids), _AT_ONCE))
        return [(i, joined(text)) for some in lots for i, text in _TEXTS.rows(self.session, some)]

    def sign(self, texts: Sequence[tuple[int, str]]) -> list[list[int]]:
        """(article, words): the keys of each text, under which it is found from now on."""
        hashes = likeness.hashes([words for _, words in texts])
        for (i, _), words in zip(texts, hashes, strict=True):
            self.prints.pop(i, None)
            self.words[i] = words
        signed = likeness.keys(hashes)
        self.hold(sorted(zip((i for i, _ in texts), signed, strict=True)))
        return signed

    def sharing(self, article_id: int, keys: Iterable[int]) -> list[int]:
        """Other articles kept of these keys, the likely ones first: a key that many have, of a common phrase, counts less."""
        shared: dict[int, float] = {}
        for key in keys:
            holders = self.holders[key]
            for i in holders:
                shared[i] = shared.get(i, 0) + 1 / len(holders)
        shared.pop(article_id, None)
        return sorted(shared, key=shared.__getitem__, reverse=True)

    def are_shared(self, keys: Iterable[int]) -> bool:
        """Whether another article than the one that holds these keys is kept of any of them."""
        return any(len(self.holders[key]) > 1 for key in keys)

    def hold(self, signed: Sequence[tuple[int, Sequence[int]]], *, even_if_many: bool = False) -> None:
        """(article, keys): under each key that not too many are kept of already."""
        self.look_up(key for _, keys in signed for key in keys)
        new = []
        for article_id, keys in signed:
            for key in keys:
                holders = self.holders[key]
                if article_id not in holders and (even_if_many or len(holders) < MOST_HOLDERS):
                    holders.append(article_id)
                    new.append((key, article_id))
        rows.add(self.session, CopyKeyRow, [{"key": key, "article_id": article_id} for key, article_id in sorted(new)])

    def look_up(self, keys: Iterable[int]) -> None:
        new = sorted({key for key in keys if key not in self.holders})
        self.holders.update((key, []) for key in new)
        for key, article_id in _HOLDERS.rows_of(self.session, new):
            self.holders[key].append(article_id)

    def forget(self, signed: Iterable[tuple[int, Sequence[int]]]) -> None:
        """(article, keys): it is to be found under them no more."""
        pairs = [{"of_key": key, "of_article": article_id} for article_id, keys in signed for key in keys]
        held = delete(table(CopyKeyRow)).where(_key.key == bindparam("of_key"), _key.article_id == bindparam("of_article"))
        rows.many(self.session, held, pairs)

    def drop(self, ids: Sequence[int]) -> None:
        old = delete(table(ArticleSignatureRow)).where(_signature.article_id == bindparam("of_article"))
        rows.many(self.session, old, [{"of_article": i} for i in ids])

    def keep(self, signed: Sequence[tuple[int, int, int, Sequence[int]]], gone: Sequence[int]) -> None:
        """(article, revision, time, keys) of those that are signed now, which nobody need wait for any more."""
        if _ANY_UNSIGNED.rows(self.session):
            done = [{"of_article": i} for i in (*(article_id for article_id, *_ in signed), *gone)]
            rows.many(self.session, delete(table(UnsignedArticleRow)).where(_unsigned.article_id == bindparam("of_article")), done)
        kept = [
            {"article_id": article_id, "revision": revision, "earliest": earliest, "keys": array("q", keys).tobytes()}
            for article_id, revision, earliest, keys in signed
        ]
        rows.add(self.session, ArticleSignatureRow, kept)


def unpacked(keys: bytes) -> Sequence[int]:
    return array("q", keys)

"""Stories: which articles carry nearly the same text, found when an article is stored and whenever its text or time changes.

Articles are given their places in the order of publication, undated ones last. Each joins the earliest story with a head that it is
alike to; one that is alike to none is the head of a story of its own, and whatever comes later is compared with it. Nobody joins
because of a copy of a copy, so that a story does not drift. An article that arrives late and is earlier than a story it is alike to
has that story's articles placed again behind it. So the stories are the same in whatever order the articles arrive.

What people said comes before what is alike: two articles that were joined bring their stories together, of two that were parted the
later one goes elsewhere. See docs/decisions/0011-copies.md.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, or_, select
from sqlmodel import Session

from app.models.articles import ArticleRow
from app.models.copies import ArticleSignatureRow, ArticleStoryRow, CopyJudgementRow
from app.models.times import UNDATED
from app.store import rows, standing
from app.store.prepared import table
from app.store.signatures import Signatures, unpacked

MOST_COMPARED = 8  # stories that an article is compared with, those most likely to be alike to it
_article, _signature, _story, _judged = (
    table(row).c for row in (ArticleRow, ArticleSignatureRow, ArticleStoryRow, CopyJudgementRow)
)
_ARTICLES = (
    select(_article.id, _article.revision, _article.earliest, _article.withdrawn_at.is_not(None).label("is_gone"))
    .add_columns(_signature.revision.label("of"), _signature.earliest.label("at"), _signature["keys"].label("signature"))
    .add_columns(_story.story_id, _story.is_head)
    .outerjoin_from(table(ArticleRow), table(ArticleSignatureRow), _signature.article_id == _article.id)
    .outerjoin(table(ArticleStoryRow), _story.article_id == _article.id)
)
_JUDGEMENTS = select(_judged.article_a, _judged.article_b, _judged.verdict)

Place = tuple[int, bool]  # (story, whether it is a head)


@dataclass(slots=True)
class _Article:
    """`story` is its own id as long as it is alone."""

    id: int
    revision: int
    earliest: int
    is_gone: bool
    signed: tuple[int, int] | None  # revision and time of the signature
    keys: Sequence[int]
    story: int
    is_head: bool

    @property
    def order(self) -> tuple[bool, int, int]:
        return self.earliest == UNDATED, self.earliest, self.id


@dataclass(slots=True)
class Settling:
    """Articles on their way to their places. Signatures are written; places are told, for the index is to be changed with them."""

    session: Session
    signatures: Signatures
    known: dict[int, _Article] = field(default_factory=dict)
    before: dict[int, Place] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    judged: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    waiting: dict[int, _Article] = field(default_factory=dict)
    queue: list[tuple[tuple[bool, int, int], int]] = field(default_factory=list)
    came: list[_Article] = field(default_factory=list)  # whose keys are looked up together
    left: set[int] = field(default_factory=set)  # stories that have lost somebody

    def settle(self, ids: Iterable[int], again: Iterable[int] = ()) -> dict[int, Place | None]:
        """The places that change, None for an article that stands alone; `again`: to be placed even if nothing of them changed."""
        wanted, again = list(ids), set(again)
        self._know([*wanted, *again])
        articles = [self.known[i] for i in wanted if i in self.known]
        gone = [a for a in articles if a.is_gone]
        live = [a for a in articles if not a.is_gone and a.signed != (a.revision, a.earliest)]
        stale = [a for a in live if a.signed is None or a.signed[0] != a.revision]
        changed = list({a.id: a for a in (*live, *(self.known[i] for i in again))}.values())
        for article in (*gone, *changed):
            self._leave(article)
        self.signatures.forget((a.id, a.keys) for a in (*gone, *stale))
        self._sign(self.signatures.words_of([a.id for a in stale]))
        self.signatures.drop([a.id for a in (*gone, *live) if a.signed is not None])
        self.signatures.keep([(a.id, a.revision, a.earliest, a.keys) for a in live], [a.id for a in gone])
        self._wait(a for a in changed if not a.is_gone)
        return self._settled()

    def settle_new(self, articles: Sequence[standing.Article]) -> dict[int, Place | None]:
        """As `settle`, of articles that have just been stored: nobody has said anything of them, and most share no key."""
        new = [_Article(a.id, a.revision, a.earliest, False, None, (), a.id, True) for a in articles]
        self.known.update((a.id, a) for a in new)
        self.members.update((a.id, {a.id}) for a in new)
        self._sign([(a.id, a.words) for a in articles])
        self.signatures.keep([(a.id, a.revision, a.earliest, a.keys) for a in new], [])
        self._wait(a for a in new if self.signatures.are_shared(a.keys))
        return self._settled()

    def _sign(self, texts: Sequence[tuple[int, str]]) -> None:
        for (i, _), keys in zip(texts, self.signatures.sign(texts), strict=True):
            self.known[i].keys = keys

    def _settled(self) -> dict[int, Place | None]:
        while self.queue:
            article = self.waiting.pop(heapq.heappop(self.queue)[1])
            self._place(article)
        self._keep_firsts_findable()
        return {i: place for i in self.known if (place := self._standing(i)) != self.before.get(i)}

    def stories_of(self, ids: Iterable[int]) -> set[int]:
        """Those of several articles that these are in, and those that they were in before."""
        there = [i for i in ids if i in self.known]
        now = {self.known[i].story for i in there}
        return {story for story in now if len(self._of(story)) > 1} | {self.before[i][0] for i in there if i in self.before}

    def _standing(self, article_id: int) -> Place | None:
        article = self.known[article_id]
        alone = article.is_gone or len(self._of(article.story)) < 2
        return None if alone else (article.story, article.is_head)

    def _place(self, article: _Article) -> None:
        alike: dict[int, list[int]] = {}
        for i in self._sharing_keys(article):
            alike.setdefault(self.known[i].story, []).append(i)
        near = sorted(list(alike)[:MOST_COMPARED], key=lambda story: self.known[story].order)
        for story in near:
            if self.known[story].order < article.order and self._may_join(article, story) and self._is_like_a_head(article, story):
                self._move(article, story, is_head=False)
                break
        else:
            for story in near:
                if self.known[story].order > article.order and (
                    self._is_like_a_head(article, story) or any(self.signatures.is_copy(article.id, i) for i in alike[story])
                ):
                    self._dissolve(story)
        same = [i for i, verdict in self.judged[article.id].items() if verdict == "same"]
        self._know(same)
        for other in (self.known[i] for i in same):
            if other.id not in self.waiting and not other.is_gone:
                self._join(*sorted((article.story, other.story), key=lambda story: self.known[story].order))

    def _sharing_keys(self, article: _Article) -> list[int]:
        """Articles that have their places, the likely ones first."""
        if self.came:
            keys = [key for other in self.came for key in other.keys]
            self.came.clear()
            self.signatures.look_up(keys)
            self._know(i for key in keys for i in self.signatures.holders[key])
        likely = self.signatures.sharing(article.id, article.keys)
        return [i for i in likely if i not in self.waiting and not self.known[i].is_gone]

    def _is_like_a_head(self, article: _Article, story: int) -> bool:
        return any(self.signatures.is_copy(article.id, i) for i in sorted(self._of(story)) if self.known[i].is_head)

    def _may_join(self, article: _Article, story: int) -> bool:
        parted = {i for i, verdict in self.judged[article.id].items() if verdict == "different"}
        return not parted or parted.isdisjoint(self._of(story))

    def _join(self, first: int, second: int) -> None:
        """Two stories that people have joined, unless they have parted others of them."""
        if first != second and all(self._may_join(self.known[i], first) for i in self._of(second)):
            for i in list(self._of(second)):
                self._move(self.known[i], first, is_head=self.known[i].is_head)

    def _move(self, article: _Article, story: int, *, is_head: bool) -> None:
        self._of(article.story).discard(article.id)
        self._of(story).add(article.id)
        article.story, article.is_head = story, is_head

    def _leave(self, article: _Article) -> None:
        """With all the others, if they are there for its sake."""
        if article.is_head or "same" in self.judged[article.id].values():
            self._dissolve(article.story, but=article.id)
        else:
            self.left.add(article.story)
            self._of(article.story).discard(article.id)
        self._alone(article)

    def _dissolve(self, story: int, but: int | None = None) -> None:
        """Its articles are to be placed again."""
        there = [self.known[i] for i in self._of(story)]
        for article in there:
            self._alone(article)
        self._wait(article for article in there if article.id != but and not article.is_gone)
        self.left.update(article.id for article in there)

    def _alone(self, article: _Article) -> None:
        article.story, article.is_head = article.id, True
        self.members[article.id] = {article.id}

    def _wait(self, articles: Iterable[_Article]) -> None:
        for article in articles:
            if article.id not in self.waiting:
                self.waiting[article.id] = article
                self.came.append(article)
                heapq.heappush(self.queue, (article.order, article.id))

    def _of(self, story: int) -> set[int]:
        if story not in self.members:
            found = set(self.session.scalars(select(_story.article_id).where(_story.story_id == story)))
            self.members[story] = found or {story}
            self._know(found)
        return self.members[story]

    def _know(self, ids: Iterable[int]) -> None:
        new = list(dict.fromkeys(i for i in ids if i not in self.known))
        if not new:
            return
        for some in rows.some_at_once(new):
            for found in self.session.execute(_ARTICLES.where(_article.id.in_(some))):
                signed = None if found.of is None else (found.of, found.at)
                in_story = found.story_id is not None
                place = (found.story_id, found.is_head) if in_story else (found.id, True)
                self.known[found.id] = _Article(
                    found.id, found.revision, found.earliest, bool(found.is_gone), signed, unpacked(found.signature or b""), *place
                )
                if in_story:
                    self.before[found.id] = place
                else:
                    self.members.setdefault(found.id, {found.id})
            either = or_(_judged.article_a.in_(some), _judged.article_b.in_(some))
            for pair in self.session.execute(_JUDGEMENTS.where(either)):
                self.judged[pair.article_a][pair.article_b] = self.judged[pair.article_b][pair.article_a] = pair.verdict
        self._know_stories(i for i in new if i in self.before)

    def _know_stories(self, ids: Iterable[int]) -> None:
        for i in ids:
            self._know([self.before[i][0]])
            self._of(self.before[i][0])

    def _keep_firsts_findable(self) -> None:
        """Others may have stood for it under its keys, and are there no more."""
        firsts = [self.known[i] for i in self.left if self.known[i].story == i and not self.known[i].is_gone]
        self.signatures.hold([(article.id, article.keys) for article in firsts], even_if_many=True)


def keep(session: Session, places: dict[int, Place | None], before: Iterable[int]) -> None:
    """`before`: articles that have had another place."""
    old = [{"of_article": i} for i in places.keys() & before]
    rows.many(session, delete(table(ArticleStoryRow)).where(_story.article_id == bindparam("of_article")), old)
    stand = [{"article_id": i, "story_id": at[0], "is_head": at[1]} for i, at in sorted(places.items()) if at is not None]
    rows.add(session, ArticleStoryRow, stand)

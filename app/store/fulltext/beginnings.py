"""Which words a beginning means: the most frequent ones, from a table of all words of all articles and how many hold each."""

from sqlalchemy import column, select, table
from sqlmodel import Session

from app.store.fulltext.query import Asked, Term

MOST_BEGINNINGS = 64  # words that a beginning is taken to mean, the most frequent ones
LONGEST = 64  # characters of a word that is kept for this
WORD = table("fts_word", column("word"), column("times"))


def widened(session: Session, asked: Asked) -> tuple[Asked, list[str]]:
    """The same with each beginning of a word as the words that begin so, and notes about those that are too many."""
    notes: list[str] = []

    def all_of(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(meant for term in terms for meant in (_widened(session, term, notes) if term.prefix else [term]))

    return Asked(tuple(all_of(group) for group in asked.required), all_of(asked.excluded)), notes


def _widened(session: Session, term: Term, notes: list[str]) -> list[Term]:
    *before, beginning = term.words
    begins = (WORD.c.word >= beginning, WORD.c.word < f"{beginning}\U0010ffff")
    most = select(WORD.c.word).where(*begins).order_by(WORD.c.times.desc(), WORD.c.word).limit(MOST_BEGINNINGS + 1)
    found = list(session.scalars(most))
    if len(found) > MOST_BEGINNINGS:
        notes.append(f"{beginning}* begins more than {MOST_BEGINNINGS} words; the {MOST_BEGINNINGS} most frequent are looked for")
    return [Term((*before, word)) for word in found[:MOST_BEGINNINGS]] or [Term(term.words)]

"""The rules, told by a spaCy pipeline where names stand, who does what a verb says, and what is no verb at all.

Any installed pipeline will do, by name or by the path of its folder. What it cannot do the rules go on doing: without a parser
there are only its names, without a recognizer of names only its parse. Its dates are not asked for, since ours have values; nor are
its clauses: measured on news annotated for attribution, the rules end a claim better than a small parser does.
"""

import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from app.errors import ExtractorUnavailable, NotFound
from app.extract import rules
from app.extract.lang.en import given, words
from app.extract.lang.en.given import Analysis, GivenName
from app.extract.lang.en.reading import Hints, Reading, TokenRange
from app.extract.naming import clustered
from app.extract.pieces import pieces
from app.models.extraction import EntityType, Extraction, Extractor

MOST_CHARACTERS = 100_000  # read at a time: a parse takes about 1 GB of memory for each million
# The labels of OntoNotes, of CoNLL 2003 and of WikiNER, and our own for pipelines that are made for this.
TYPES: dict[str, EntityType] = {
    **dict.fromkeys(("PERSON", "PER"), "person"),
    **dict.fromkeys(("ORG", "NORP", "ORGANIZATION"), "organization"),  # of NORP our own list tells the peoples apart
    **dict.fromkeys(("GPE", "LOC", "FAC", "PLACE"), "place"),
    **dict.fromkeys(("PRODUCT", "WORK_OF_ART", "LAW", "MISC", "OTHER"), "other"),
    "EVENT": "event",
}
# Relations have the names that English pipelines give them (ClearNLP's) or those of Universal Dependencies.
_EXPLAINS = frozenset({"appos", "relcl", "acl", "acl:relcl", "advcl", "parataxis", "punct"})  # a noun, and is no part of its phrase
_MOST_VERBS = 5  # in a row that share a subject
_MOST_PARTS = 10  # the head of the office of the bank of …
_PROBE = "Ann Lee of the United Nations said in London that it had rained."


def make(argument: str | None, _options: Mapping[str, Any]) -> Extractor:
    """The extractor over the pipeline of that name or path.

    Raises:
        NotFound: when there is none, naming those that are installed; or when it finds neither names nor relations.
        ExtractorUnavailable: when it cannot be loaded or used.
    """
    from spacy.util import get_installed_models  # takes a second, and is an extra

    installed = ", ".join(f"spacy:{name}" for name in sorted(get_installed_models())) or "none"
    if argument is None:
        raise NotFound(f"the extractor spacy needs the name of a pipeline, as in 'spacy:en_core_web_sm'; installed: {installed}")
    try:
        return _loaded(argument)
    except OSError as error:
        raise NotFound(f"spaCy has no pipeline {argument!r} that it can read; installed: {installed}") from error


@lru_cache(maxsize=4)
def _loaded(name: str) -> "Spacy":
    import spacy

    try:
        return Spacy(spacy.load(name), name)
    except (ImportError, ValueError) as error:  # made by another version, or with components that are not installed
        raise ExtractorUnavailable(f"the spaCy pipeline {name!r} cannot be loaded: {_first_line(error)}") from error


class Spacy:
    """One pipeline. Several threads may read with it; they take turns, since its vocabulary is one for all."""

    def __init__(self, pipeline: Any, name: str) -> None:
        self._pipeline, self._name, self._turn = pipeline, name, threading.Lock()
        self.NAME = f"spacy/{pipeline.lang}_{pipeline.meta['name']}-{pipeline.meta['version']}+{rules.NAME}"
        self.LANGUAGES: tuple[str, ...] = () if pipeline.lang in ("", "xx") else (pipeline.lang,)
        if not self._has_something_to_say():
            raise NotFound(f"the spaCy pipeline {name!r} has neither a parser nor a recognizer of names; use another, or 'rules'")

    def extract(self, text: str, published: date | None) -> Extraction:
        """What the rules find with the pipeline's help; of a language that the rules do not read only the names.

        Raises:
            ExtractorUnavailable: when a part of the pipeline fails.
        """
        with self._turn:
            return self._all(text, published) if self._pipeline.lang == "en" else self._only_names(text)

    def _all(self, text: str, published: date | None) -> Extraction:
        return replace(rules.extract(text, published, analyse=self._analyse), extractor=self.NAME)

    def _only_names(self, text: str) -> Extraction:
        names = [name for doc, offset in self._docs(text) for name in _names(doc, offset)]
        warning = f"claims and dates are found in English only: of this text there are only the names that {self._name} found"
        return Extraction(self.NAME, clustered(text, names), warnings=(warning,))

    def _analyse(self, read: Reading) -> Analysis:
        names: list[GivenName] | None = None
        hints: Hints | None = None
        for doc, offset in self._docs(read.text):
            if doc.has_annotation("ENT_IOB"):
                names = [*(names or []), *_names(doc, offset)]
            if doc.has_annotation("DEP"):
                hints = _more(hints, read, doc, offset)
        return Analysis(names, hints)

    def _docs(self, text: str) -> Iterator[tuple[Any, int]]:
        """Each piece as spaCy's Doc, and where it begins. A Doc is gone when the next one comes, and its memory with it."""
        for piece in pieces(text, min(MOST_CHARACTERS, self._pipeline.max_length)):
            with self._pipeline.memory_zone():
                try:
                    doc = self._pipeline(text[piece.start : piece.end])
                except Exception as error:  # whatever a component of somebody else may raise
                    raise ExtractorUnavailable(f"the spaCy pipeline {self._name!r} failed: {_first_line(error)}") from error
                yield doc, piece.start

    def _has_something_to_say(self) -> bool:
        declared = {part for component in self._pipeline.pipe_names for part in self._pipeline.get_pipe_meta(component).assigns}
        return bool(declared & {"doc.ents", "token.dep"}) or any(
            doc.has_annotation("ENT_IOB") or doc.has_annotation("DEP") for doc, _ in self._docs(_PROBE)
        )


def _names(doc: Any, offset: int) -> list[GivenName]:
    found = [(e.start_char + offset, e.end_char + offset, TYPES.get(e.label_.upper())) for e in doc.ents]
    return [GivenName(start, end, kind) for start, end, kind in found if kind is not None]


def _more(hints: Hints | None, read: Reading, doc: Any, offset: int) -> Hints:
    """`hints` with what the parse of one more piece says of the verbs that may be cues."""
    hints, parse, not_verbs = hints or Hints(), _Parse(doc), set()

    def tokens(start: int, end: int) -> TokenRange | None:
        return given.tokens_of(read, start + offset, end + offset)

    for verb in doc:
        at = tokens(verb.idx, verb.idx + len(verb))
        if at is None or read.tokens[at[0]].low not in words.cue_verbs():
            continue
        if verb.pos_ not in ("VERB", "AUX", ""):
            not_verbs.add(at[0])
            continue
        phrase = parse.subject(verb)
        subject = phrase and tokens(*phrase)
        if subject and not subject[0] <= at[0] < subject[1]:
            hints.subjects.setdefault(at[0], subject)
    return replace(hints, not_verbs=hints.not_verbs | not_verbs)


class _Parse:
    """The relations of one Doc by the verb that governs, gone through once: a verb may govern all the rest."""

    def __init__(self, doc: Any) -> None:
        self._subjects: dict[int, Any] = {}
        self._passive = set()
        for token in doc:
            if token.dep_ == "nsubj":
                self._subjects.setdefault(token.head.i, token)
            elif token.dep_ in ("nsubjpass", "nsubj:pass"):
                self._passive.add(token.head.i)

    def subject(self, verb: Any) -> tuple[int, int] | None:
        """The characters of who does it, without what only explains them; of "did A and said B" one subject for both verbs."""
        for _ in range(_MOST_VERBS):
            noun = self._subjects.get(verb.i)
            if noun is not None:
                return _from(noun.left_edge), _end(noun)
            if verb.dep_ != "conj" or verb.i in self._passive:
                return None
            verb = verb.head
        return None


def _end(noun: Any) -> int:
    """The character where the phrase of a noun ends: before its apposition or relative clause, also that of its last part."""
    last = noun
    for _ in range(_MOST_PARTS):
        parts = list(itertools.takewhile(lambda part: part.dep_ not in _EXPLAINS, last.rights))
        if not parts:
            break
        last = parts[-1]
    return int(last.idx + len(last))


def _from(token: Any) -> int:
    """Where a phrase begins, behind an opening mark."""
    while token.is_punct and token.i + 1 < len(token.doc):
        token = token.nbor()
    return int(token.idx)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:300]}"

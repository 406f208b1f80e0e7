"""What a person types into `q`, and what it means. Never the syntax of an engine: every input is a question, none is an error.

    troops "foreign forces" -rumour Iraq OR Syria al-Sud*

Terms are ANDed. `OR` between two terms means either. A leading `-` excludes. A closing `*` means any word that begins so. Words
that punctuation ties together (al-Sudani, U.S.) are a phrase. Case, accents and apostrophes are folded as `folding.words` does.
"""

import re
from dataclasses import dataclass

from app.folding import words

_PIECE = re.compile(r'(?P<minus>-)?"(?P<phrase>[^"]*)(?:"|$)|(?P<bare>\S+)')
_CURLY = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand side by side, in this order; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    def __str__(self) -> str:
        joined = " ".join(self.words)
        return (f'"{joined}"' if len(self.words) > 1 else joined) + ("*" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Asked:
    """`required`: of each group, one term must be there. `excluded`: none of these may be."""

    required: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...]

    @property
    def is_empty(self) -> bool:
        return not self.required and not self.excluded

    def __str__(self) -> str:
        groups = [str(group[0]) if len(group) == 1 else f"({' OR '.join(map(str, group))})" for group in self.required]
        return " ".join([*groups, *(f"-{term}" for term in self.excluded)])


def parse(q: str) -> Asked:
    """Read what was typed. Pieces without a letter or digit mean nothing and are left out."""
    required: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    either = False
    pieces = list(_PIECE.finditer(q.translate(_CURLY)))
    for place, piece in enumerate(pieces):
        if piece["bare"] == "OR" and required and not either and _is_positive(pieces[place + 1 : place + 2]):
            either = True
            continue
        term, is_excluded = _term(piece)
        if term is None:
            continue
        if is_excluded:
            excluded.append(term)
        elif either:
            required[-1] += (term,)
        else:
            required.append((term,))
        either = False
    return Asked(tuple(required), tuple(excluded))


def _is_positive(following: list[re.Match[str]]) -> bool:
    return any(term is not None and not is_excluded for term, is_excluded in map(_term, following))


def _term(piece: re.Match[str]) -> tuple[Term | None, bool]:
    text = piece["phrase"] if piece["phrase"] is not None else piece["bare"]
    is_excluded = piece["minus"] is not None or (piece["bare"] is not None and re.match(r"-\w", text) is not None)
    found = tuple(word for word, _, _ in words(text))
    is_prefix = piece["bare"] is not None and re.search(r"\w[.'’]?\*$", text) is not None
    return (Term(found, is_prefix) if found else None), is_excluded

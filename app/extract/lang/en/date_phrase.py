"""One time in a text before it is placed, and what is known when it is: the words, the days before it, the day of publication."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.extract.lang.en import date_words, words
from app.extract.lang.en.calendar import Stretch
from app.extract.lang.en.reading import Token
from app.models.extraction import DateModifier, DatePrecision, FoundDate


class Placed(NamedTuple):
    """What a phrase means. `precision` counts only where `edtf` is None; `earliest` and `latest` only for lengths that end or begin
    on a known day ("the past three years")."""

    timex: str | None
    edtf: str | None = None
    precision: DatePrecision = "vague"
    anchor: str | None = None
    inferred: bool = False
    modifier: DateModifier | None = None
    earliest: date | None = None
    latest: date | None = None


class Year(NamedTuple):
    """The year of something that may not name one, and where it was taken from."""

    number: int | None
    anchor: str | None = None
    inferred: bool = False


def placed(stretch: Stretch, anchor: str | None = None, inferred: bool = False) -> Placed:
    return Placed(stretch.timex, stretch.edtf, "vague", anchor, inferred)


def counted(stretch: Stretch, anchor: str | None) -> Placed:
    """What was reckoned from another day."""
    return Placed(stretch.timex, stretch.edtf, "vague", anchor, True)


VAGUE = Placed(None)


class Phrase:
    """`first` and `last` are a half-open range of the line; `core` is where the time itself begins, behind "the end of"."""

    __slots__ = ("core", "first", "kinds", "last", "lexemes", "line", "shape", "written_year")

    def __init__(self, shape: str, line: date_words.Line, first: int, core: int, last: int) -> None:
        self.shape, self.line, self.first, self.core, self.last = shape, line, first, core, last
        self.lexemes: list[Token] = line.lexemes[core:last]
        self.kinds: str = line.kinds[core:last]
        year = self.word("year")
        self.written_year = int(year) if year else None

    @property
    def start(self) -> int:
        return self.line.lexemes[self.first].start

    @property
    def end(self) -> int:
        return self.line.lexemes[self.last - 1].end

    def has(self, kind: str) -> bool:
        return date_words.letters()[kind] in self.kinds

    def word(self, *kinds: str) -> str | None:
        """The first word of one of these kinds, in small letters."""
        places = [place for kind in kinds if (place := self.kinds.find(date_words.letters()[kind])) >= 0]
        return self.lexemes[min(places)].low if places else None

    def all(self, *kinds: str) -> list[str]:
        letters = [date_words.letters()[kind] for kind in kinds]
        return [lexeme.low for lexeme, kind in zip(self.lexemes, self.kinds, strict=True) if kind in letters]

    def before(self, steps: int = 1) -> str:
        """The word before the whole phrase, "" at a sentence's start."""
        place = self.first - steps
        return self.line.lexemes[place].low if place >= 0 and self.line.kinds[place] != "\n" else ""

    def led_by(self) -> str:
        """The word before the time itself, the last of its lead where it has one."""
        return self.line.lexemes[self.core - 1].low if self.first < self.core else self.before()

    def after(self, steps: int = 0) -> Token:
        """The word behind it; a line feed at a sentence's end."""
        return self.line.lexemes[min(self.last + steps, len(self.line.lexemes) - 1)]


@dataclass
class Context:
    """`today` is the day of publication or the dateline's; `reference` says which. `year` is the text's own.

    `tells_of_past` is true of a text that goes through many years, as a biography does: there the year named last holds on.
    """

    today: date | None
    reference: str
    year: int | None
    tells_of_past: bool = False
    is_timeless: bool = False  # the text never speaks from a day of its own: its "July" is every July
    last: FoundDate | None = None
    last_text: str = ""
    last_day: FoundDate | None = None
    last_day_text: str = ""
    named_year: int | None = None
    ahead: bool | None = None  # whether the verb over the phrase at hand looks ahead
    borrowed: int | None = None  # the year of the phrase behind, which this one shares: "from May to June 2019"
    found: list[FoundDate] = field(default_factory=list)

    def undated_year(self) -> Year:
        """The year where there is no day to count from."""
        if self.borrowed:
            return Year(self.borrowed, None, False)
        year = self.named_year if self.tells_of_past and self.named_year else self.year
        return Year(year, str(year) if year else None, True)


def number(written: str) -> int | None:
    return words.numbers("ordinals").get(written) or words.numbers("numbers").get(written)

"""Times the rules on texts that no newsroom writes: `python bench/hostile.py [--size 2000000]`.

In linear time the long text takes 8 times what the short one takes.
"""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.extract import rules

SENTENCE = "the water of the river rose by two feet and then went down again while people stood near the old bridge and looked on "
PIECES = {
    'only "': '"',
    "only (": "(",
    "a-a-a": "a-",
    "spaces": " ",
    "newlines": "\n",
    "said": "said ",
    "he said that": "he said that ",
    "in 2014 he said": "In 2014 he said on Monday that ",
    "1.": "1.",
    "1.1.1": "1.1",
    "one sentence": SENTENCE,
    "no full stop, quotations": "“It may rain,” Ann Berg said, “and not stop,” ",
    "quote pairs": '"a" ',
    "names": "Ann Berg and Carl Dorn of the Port Authority ",
    "surnames": "Berg ",
    "capitals": "ANN BERG SAID THAT THE PORT MAY CLOSE. ",
    "right to left": "قال الوزير إن الميناء لم يغلق، ",
    "emoji": "🙂🙃 ",
    "markup": "<p>Ann Berg&nbsp;said that&nbsp;it rained.</p> ",
    "combining": "a\u0301\u0302\u0303",
    "zero width": "a\u200b",
    "abbreviations": "U.S. ",
    "apostrophes": "'a ",
    "who": "who ",
    "not only": "not only ",
    "about 40": "about 40 ",
    "news": "Ann Berg said on Monday that the port of Callao would not close by the end of May 2019. ",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2_000_000, help="characters of the long text")
    parser.add_argument("--only", help="a word of the names of those that are timed")
    asked = parser.parse_args()
    made = Table("text", "an eighth, s", f"{asked.size:,} characters, s", "ratio (8 is linear)")
    rules.extract("Ann Berg said that it rained.", None)
    for name, piece in PIECES.items():
        if asked.only is None or asked.only in name:
            short, long = timed(piece, asked.size // 8), timed(piece, asked.size)
            made.add_row(name, f"{short:.2f}", f"{long:.2f}", f"{long / short:.0f}" if short > 0.01 else "")
    Console(highlight=False).print(made)


def timed(piece: str, size: int) -> float:
    """The pieces stand behind an English opening, so that the text is read at all."""
    text = "The port has not been open for years and the mayor of the town is to blame for it. " * 40 + piece * (size // len(piece))
    began = time.process_time()
    rules.extract(text, None, narrated=True)
    return time.process_time() - began


if __name__ == "__main__":
    main()

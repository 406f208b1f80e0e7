"""Dateline: who said what, about whom, about when, how hedged, and where exactly it stands."""

__version__ = "0.1.0"

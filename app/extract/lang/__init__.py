"""The languages that the rules read: a folder each, with its grammar as code and its words as data."""

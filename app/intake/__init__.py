"""Bytes from outside to drafts of articles: a module for each kind."""

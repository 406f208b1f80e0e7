"""The stages of the English rules, in the order in which `rules.py` runs them."""

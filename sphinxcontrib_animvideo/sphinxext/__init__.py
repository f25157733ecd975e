"""The Sphinx extension. :mod:`.setup` is its table of contents."""

"""Renders jobs: runs code, captures frames, encodes them, and caches the videos.

Start with :mod:`.rendering.render`. Nothing in here knows about Sphinx, pytest, or IPython.
"""

"""Running code, capturing frames, encoding and caching them. Knows no host.

Start with :mod:`.render`, which tells the whole story.
"""

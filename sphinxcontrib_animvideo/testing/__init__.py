"""The pytest plugin: videos of tests, and directives of the docs as tests."""

from .recording import Recording

__all__ = ["Recording"]

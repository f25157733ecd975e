"""What the pytest plugin does: videos of tests, and directives as tests."""

from .recording import Recording

__all__ = ["Recording"]

"""``python -m sphinxcontrib_animvideo`` is the command ``animvideo``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())

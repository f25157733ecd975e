"""``Video``: a finished video file, which notebooks display as a player."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .core.model.asset import Clip
from .core.model.fingerprint import Fingerprint
from .html.embed import embedded_player


@dataclass(frozen=True, repr=False)
class Video:
    """A finished video file. Notebooks display it as a player.

    Examples
    --------
    >>> import numpy as np
    >>> from sphinxcontrib_animvideo import write_video
    >>> video = write_video("dark.mp4", np.zeros((30, 120, 160)), fps=20)
    >>> video.width, video.height, video.seconds
    (160, 120, 1.5)
    """

    path: Path
    clip: Clip

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.clip.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.clip.height

    @property
    def fps(self) -> Fraction:
        """Frames per second, exact."""
        return self.clip.rate

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return self.clip.frame_count

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return self.clip.seconds

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The hashes of the frames, if the writer computed them."""
        return self.clip.fingerprint

    def __repr__(self) -> str:
        return (
            f"Video(path={self.path!r}, width={self.width}, height={self.height}, "
            f"fps={self.fps!r}, frame_count={self.frame_count})"
        )

    def _repr_html_(self) -> str:
        """Return a player, for notebooks."""
        return embedded_player(self.path, self.clip)

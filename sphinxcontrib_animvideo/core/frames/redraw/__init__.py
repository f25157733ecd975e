"""Redraws a figure incrementally: only what has changed since the last frame.

:mod:`.redrawer` takes the frames, and compares some with Matplotlib's own. :mod:`.scene` leads the
way through the others: :mod:`.drawing_order` lists the artists as Matplotlib draws them;
:mod:`.inputs` and :mod:`.state` tell which of them look other than before;
:mod:`.display_list` keeps what those tell the renderer; :mod:`.composer` puts it all onto the
pixels; :mod:`.observer` notes what is drawn.
"""

from .redrawer import Redrawer

__all__ = ["Redrawer"]

"""Drawing a figure again and again, at the price of what has changed.

A frame goes through these rooms: :mod:`.scene` lists the artists in the order in which Matplotlib
draws them; :mod:`.state` tells which of them look other than before; :mod:`.display_list` keeps
what those tell the renderer; :mod:`.composer` puts it all onto the pixels. :mod:`.redrawer` leads
the way, and compares some frames with Matplotlib's own.
"""

from .redrawer import Redrawer

__all__ = ["Redrawer"]

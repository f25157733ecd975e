"""When the recording of a run is unusable, and how the code has to run again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import RedrawError
from ..encoding.segments import LongClipError, SegmentsDifferError
from .control_flow import EnoughFrames, Restart


@contextmanager
def restarting(is_parallel: bool) -> Iterator[None]:
    """Raise :class:`.Restart` if what is recorded in this block, or was before it, is wrong.

    Parameters
    ----------
    is_parallel
        Whether the author asks for several processes, and so is told why only one draws.
    """
    try:
        yield
    except RedrawError as error:
        raise Restart(
            incremental=False,
            remark=f"rendered again without incremental drawing: {error.message}",
        ) from error
    except LongClipError:
        raise EnoughFrames from None
    except SegmentsDifferError as error:
        if is_parallel:
            raise Restart(in_order=True, reason=f"{error}") from error
        raise Restart(
            in_order=True,
            remark=f"partial results of an interrupted build were discarded: {error}.",
        ) from error

"""Writes a video of code that can be run again: a script, or a function of a module."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .core.cache.scratch import scratch_folder
from .core.cache.store import Cache
from .core.capture.api import is_recording
from .core.capture.scripts import find_script, read_script
from .core.encoding.copies import check_writable, copy_files
from .core.frames.sources import animations_of
from .core.model.asset import Asset
from .core.model.formats import format_of
from .core.model.job import Job, SourceLocation
from .core.model.options import OPTIONS, PYTHON, options_of
from .core.model.settings import make_limits, make_settings
from .core.rendering.executors import Workers
from .core.rendering.render import Result, render
from .errors import AnimvideoError, FrameError, OptionError, WriterError
from .progress import FrameBar, FrameCount, reporting
from .video import Video
from .writer import warn_at_caller

_AVAILABLE = {
    *("dpi", "max-frames", "redraw", "quality", "extra-args", "check-flashes"),
    *("progress", "total", "hash-frames", "on-frame"),
}
"""Keyword arguments that a script can have; the others are for arrays, or for a file that grows."""


def is_code(source: Any) -> bool:
    """Return whether a source is a script or a function, and so can be run again."""
    if isinstance(source, (str, os.PathLike)):
        return bool(re.search(r"\.py(:\w+)?$", os.fspath(source)))
    return inspect.isfunction(source) and not animations_of(source)


def write_code(
    path: Path,
    source: str | os.PathLike[str] | Callable[[], Any],
    fps: Any,
    options: Mapping[str, Any],
    workers: Workers,
) -> Video:
    """Write the video of a script or a function; see :func:`.write_video`."""
    if is_recording():
        raise WriterError(
            "write_video was called by the code that it runs. Put the call below "
            '`if __name__ == "__main__":`.'
        )
    format = format_of(path)
    check_writable(path)
    given = {name.replace("_", "-"): value for name, value in options.items() if value is not None}
    if refused := sorted(given.keys() - _AVAILABLE):
        raise OptionError("{option} is not available for scripts.", option=refused[0])
    written = {name: options_of(PYTHON)[name].read(value) for name, value in given.items()}
    written |= {"fps": fps, "formats": (format.name,), "parallel": True}
    if arguments := written.pop("extra-args", ()):
        written["encoder-args"] = ((format.name, arguments),)
    written.setdefault("max-frames", 10**15)  # as for a VideoWriter
    settings = make_settings(written, lambda name: OPTIONS[name].default)
    location, code, script, function = _code_of(source)
    here = str(Path.cwd())
    job = Job(
        location=location,
        code=code,
        code_location=location if script else SourceLocation(f"<function {function}>", 1),
        folder=here,
        source_dir=here,
        settings=settings,
        timeout=OPTIONS["timeout"].default,
        script=script,
        function=function,
    )
    with (
        scratch_folder() as scratch,
        FrameBar(path.name, written.get("total"), written.get("progress")) as bar,
    ):
        limits = replace(
            make_limits(lambda name: OPTIONS[name].default), max_bytes=10**15, max_pixels=10**15
        )
        progress = FrameCount(reporting(bar, written.get("on-frame")))
        result = render([job], Cache(scratch), limits, progress, workers)[job]
        return _copied(result, path, written.get("hash-frames", False))


def workers_of(jobs: int, executor: Any) -> Workers:
    """Return who renders, for the arguments of :func:`.write_video`."""
    count = OPTIONS["jobs"].read(jobs)
    return Workers(count, executor_option=OPTIONS["executor"].read(executor))


def _code_of(source: Any) -> tuple[SourceLocation, str, str, str]:
    """Return where the code stands, the code, the script, and the name of the function in it."""
    if isinstance(source, (str, os.PathLike)):
        script, function = find_script([os.fspath(source)])
        location = SourceLocation(script, 1)
        if function:
            read_script(script)
            return location, _import_of(script), "", function
        return location, read_script(script), script, ""
    module, name = source.__module__, source.__qualname__
    file = inspect.getsourcefile(source) or ""
    if "<" in name or not Path(file).is_file() or inspect.signature(source).parameters:
        raise FrameError(
            f"the function {name} cannot be run in another process. Pass a function without "
            "parameters that is defined at the top level of a script or a module."
        )
    line = source.__code__.co_firstlineno
    if module != "__main__":
        code = f"import sys\nsys.path[:] = {sys.path!r}\nfrom {module} import {name}\n"
    else:
        code = _import_of(file)
    return SourceLocation(file, line), code, "", name


def _import_of(script: str) -> str:
    """Return code that defines what a script defines.

    The script does not run as ``__main__``, so that nothing below ``if __name__ == "__main__":``
    does.
    """
    return (
        f"import runpy, sys\nsys.path.insert(0, {str(Path(script).parent)!r})\n"
        f"globals().update(runpy.run_path({script!r}, run_name='__animvideo__'))\n"
    )


def _copied(result: Result, path: Path, keep_hashes: bool) -> Video:
    """Copy the video of a result to *path*."""
    if result.output.strip():
        print(result.output.rstrip(), flush=True)
    if isinstance(result.outcome, AnimvideoError):
        raise result.outcome
    asset: Asset = result.outcome
    if len(asset.clips) > 1:
        raise FrameError(
            f"the code makes {len(asset.clips)} videos, but {path} is one file. Capture one video, "
            "or use `animvideo render`, which numbers them."
        )
    (clip,) = asset.clips
    captions = {path.with_suffix(".vtt"): asset.path(clip.captions)} if clip.captions else {}
    copy_files({path: asset.path(clip.files[0]), **captions})
    for note in asset.notes:
        warn_at_caller(note.message)
    return Video(
        path,
        replace(
            clip,
            files=(replace(clip.files[0], name=path.name),),
            poster=None,
            page_poster=None,
            captions=None,
            fingerprint=clip.fingerprint if keep_hashes else None,
        ),
    )

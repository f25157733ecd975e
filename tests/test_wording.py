"""Messages that other tests do not quote, word for word."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import sphinxcontrib_animvideo
from sphinxcontrib_animvideo.cli.output import flag
from sphinxcontrib_animvideo.cli.targets import targets_of
from sphinxcontrib_animvideo.core.cache.prebuilt import PrebuiltAsset
from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.capture.nondeterminism import NondeterminismHint
from sphinxcontrib_animvideo.core.capture.scripts import read_script
from sphinxcontrib_animvideo.core.encoding import ffmpeg, ffmpeg_build
from sphinxcontrib_animvideo.core.encoding.decoder import decode_frames
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.encoding.target_size import best_number
from sphinxcontrib_animvideo.core.frames.arrays import ColorMapping
from sphinxcontrib_animvideo.core.frames.grabber import FrameGrabber
from sphinxcontrib_animvideo.core.frames.sources import current_figure
from sphinxcontrib_animvideo.core.lockfile.lock import Lock
from sphinxcontrib_animvideo.core.model.asset import Asset
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from sphinxcontrib_animvideo.core.model.job import SourceLocation
from sphinxcontrib_animvideo.core.model.options import OPTIONS, docs_spelling
from sphinxcontrib_animvideo.core.rendering.determinism import NondeterministicVideo
from sphinxcontrib_animvideo.errors import (
    AnimvideoError,
    EncoderError,
    FrameError,
    LimitError,
    LockError,
    OptionError,
    OutputError,
    ScriptError,
    internal_error,
    keyword,
)
from sphinxcontrib_animvideo.writer import VideoWriter
from sphinxcontrib_animvideo.writing import write_video


def pixels(array, **colors):
    return ColorMapping(**colors).pixels_of(array)


def narrow_axes():
    figure = plt.figure(figsize=(1, 1), dpi=10)
    return figure.add_axes((0.5, 0.5, 0.001, 0.001))


COLORS = "If they are not colors, draw the array with imshow(). Or pass cmap=, vmin=, and vmax=."


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: pixels(np.full((2, 2), 255.0)),
            FrameError,
            "the array's floats range from 255 to 255, but must be from 0 to 1. Divide by the "
            f"largest possible value (255 for 8-bit images), or clip them. {COLORS}",
        ),
        (
            lambda: pixels(np.full((2, 2), 300)),
            FrameError,
            "the array's integers range from 300 to 300, but must be from 0 to 255 (or, with "
            f"dtype uint16, from 0 to 65535). {COLORS}",
        ),
        (
            lambda: pixels(np.full((2, 2), np.nan)),
            FrameError,
            "the array has 4 values that are masked, NaN, or infinite. Replace them first, for "
            "example with numpy.nan_to_num(array) or array.filled(0). Or pass bad= to set their "
            "color.",
        ),
        (
            lambda: pixels(np.zeros((2, 2, 5))),
            FrameError,
            "an array of shape (2, 2, 5) cannot become a frame. The shape must be (height, width), "
            "or (height, width, channels) with 1, 3, or 4 channels.",
        ),
        (
            lambda: pixels({}),
            FrameError,
            "an object of type dict cannot become a frame. Use a Matplotlib figure or axes, an "
            "array, a PIL image, an image file, or PNG or JPEG bytes.",
        ),
        (
            lambda: FrameGrabber().take(narrow_axes()),
            FrameError,
            "the axes cover no pixels of their figure. Increase their size or the dpi.",
        ),
        (
            lambda: FrameGrabber().take(Figure(figsize=(0.001, 1))),
            FrameError,
            "the figure has 0 x 100 pixels, but a frame needs at least 1 x 1. Increase figsize or "
            "dpi.",
        ),
        (
            current_figure,
            FrameError,
            "there is no current figure to capture. Create one, or pass the source to capture.",
        ),
        (
            lambda: best_number(lambda number: 1000, 5, 9, 10),
            LimitError,
            "the video does not fit in 10 bytes: the smallest file, with quality 9, has 1000. Make "
            "the figure smaller or the video shorter. Or increase target_size=.",
        ),
        (
            lambda: OPTIONS["extra-args"].read("-crf 20"),
            OptionError,
            "extra_args= must be a list of ffmpeg arguments, not '-crf 20' (split it into a list).",
        ),
        (
            lambda: OPTIONS["encoder-args"].read({"mp4": "-crf 20"}),
            OptionError,
            "encoder_args= must be a dictionary from formats (mp4, webm, av1, hevc, avi, mkv, gif, "
            "webp, apng) to lists of arguments, not {'mp4': '-crf 20'} (the arguments of a format "
            "must be a list).",
        ),
        (
            lambda: targets_of([], "mov"),
            OptionError,
            "--format must be one of mp4, webm, av1, hevc, avi, mkv, gif, webp, apng, not 'mov'.",
        ),
    ],
)
def test_values_that_are_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_paths_that_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScriptError, match=r"cannot read the script none\.py: "):
        read_script("none.py")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 20)
    with pytest.raises(FrameError, match=r"image file 'broken.png' (cannot be read|is not in a)"):
        FrameGrabber().take("broken.png")
    monkeypatch.setattr(os, "access", lambda *arguments: False)
    with pytest.raises(OutputError) as caught:
        targets_of([tmp_path / "a.mp4"], None)
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'a.mp4'}: the directory {tmp_path} is not writable."
    )


def test_lock_files_that_are_refused(tmp_path):
    path = tmp_path / "animvideo.lock"
    for text, message in {
        '{"version": 7}': f"{path} has format version 7, but this version of animvideo reads "
        "format version 2. Use the version of animvideo that wrote it, or delete the file "
        "and lock the videos again.",
        '{"version": 2}': f"{path} is damaged (Expected `object`, got `null`). Restore the file, or delete "
        "it and lock the videos again.",
        "{}": f"{path} is damaged (it has no version). Restore the file, or delete it and lock the "
        "videos again.",
        '{\n "version": 2,\n<<<<<<< HEAD\n=======\n>>>>>>> main': f"{path} has a merge conflict in line 3. "
        "Keep one side of each conflict.",
    }.items():
        path.write_text(text)
        with pytest.raises(LockError) as caught:
            Lock.read(path)
        assert str(caught.value) == message


def test_errors_of_ffmpeg(monkeypatch):
    with pytest.raises(
        EncoderError, match=r"ffmpeg could not read back a\.mp4 \(exit status \d+\)"
    ):
        ffmpeg.run_ffmpeg(["-i", "none.mp4", "-f", "null", "-"], "read back a.mp4")
    monkeypatch.setattr(ffmpeg, "CLOSE_DEADLINE", 0.2)
    endless = ["-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-"]
    with pytest.raises(EncoderError, match=r"ffmpeg could not remux a\.mp4 within 0\.2 seconds\."):
        ffmpeg.run_ffmpeg(endless, "remux a.mp4")
    monkeypatch.setattr(ffmpeg, "find_ffmpeg", lambda: "/no/ffmpeg")
    with pytest.raises(EncoderError, match=r"ffmpeg cannot be started: "):
        ffmpeg.run_ffmpeg([], "start")
    error = ffmpeg.encoder_error("it failed", "Unknown encoder 'libx264'")
    assert str(error) == (
        "/no/ffmpeg has no encoder libx264. Choose a format that it supports (see `animvideo "
        "formats`), or set IMAGEIO_FFMPEG_EXE to the path of another ffmpeg executable."
    )


def test_no_ffmpeg(monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/ffmpeg")
    with pytest.raises(EncoderError) as caught:
        ffmpeg.find_ffmpeg()
    assert str(caught.value) == (
        "ffmpeg was not found at /no/ffmpeg. Set the environment variable IMAGEIO_FFMPEG_EXE to "
        "the path of an ffmpeg executable, or remove it to use the one from imageio-ffmpeg."
    )


@pytest.mark.parametrize(
    ("program", "advice"),
    [
        ("apk", "Run `apk add ffmpeg`"),
        ("brew", "Run `brew install ffmpeg`"),
        ("", "Install ffmpeg and make sure that it is on your PATH"),
    ],
)
def test_no_ffmpeg_for_this_system(monkeypatch, program, advice):
    def no_ffmpeg():
        raise RuntimeError

    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", no_ffmpeg)
    monkeypatch.setattr("shutil.which", lambda name: name if name == program else None)
    with pytest.raises(EncoderError) as caught:
        ffmpeg.find_ffmpeg()
    assert str(caught.value) == (
        "ffmpeg was not found: the installed imageio-ffmpeg package does not include an ffmpeg "
        f"executable. {advice}, or set the environment variable IMAGEIO_FFMPEG_EXE to the path of an "
        "ffmpeg executable."
    )


@pytest.mark.parametrize(
    ("version", "configured", "license", "is_told"),
    [
        ("7.0.2-static", "--enable-gpl --enable-version3", "GPL, version 3 or later", False),
        ("5.1.9-0+deb12u1", "--enable-gpl", "GPL, version 2 or later", False),
        ("4.2.2", "", "LGPL, version 2.1 or later", True),
        ("n8.0", "--enable-version3", "LGPL, version 3 or later", False),
        ("N-112-gabc", "--enable-gpl --enable-nonfree", "not redistributable", False),
    ],
)
def test_the_properties_of_ffmpeg(monkeypatch, version, configured, license, is_told):
    printed = f"ffmpeg version {version} Copyright\nconfiguration: {configured} --enable-zlib\n"
    monkeypatch.setattr(ffmpeg_build, "ask_ffmpeg", lambda *_: (printed.encode(), b"", 0))
    build = ffmpeg_build.read_build()
    assert build.version == version
    assert build.license.startswith(license)
    assert build.note == (
        f"ffmpeg {version} is older than 5.1, the oldest tested version, and has known "
        "vulnerabilities; see https://ffmpeg.org/security.html. Install a newer one, or remove the "
        "environment variable IMAGEIO_FFMPEG_EXE to use the one from imageio-ffmpeg."
        if is_told
        else ""
    )


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OSError, match="cannot write to the cache directory") as caught,
        Cache(tmp_path / "file").staging(),
    ):
        pass
    error = caught.value
    assert isinstance(error, AnimvideoError)
    message = f"cannot write to the cache directory {tmp_path / 'file'} (File exists). Make it "
    assert error.explain(docs_spelling) == (
        f"{message}writable. Or set animvideo_cache_dir to another directory."
    )
    assert error.explain(flag) == f"{message}writable. Or set --cache-dir to another directory."


def test_a_cache_on_a_full_disk(tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    cache = Cache(tmp_path)
    asset = Asset(str(tmp_path), ())
    job = SimpleNamespace(key=lambda environment: "ab12")
    monkeypatch.setattr(cache, "_folder", lambda job: tmp_path / "ab12")
    with cache.staging() as staged:
        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="cannot move") as caught:
            cache.commit(job, staged, asset, [])
    error = caught.value
    assert isinstance(error, AnimvideoError)
    assert error.explain(flag) == (
        f"cannot move the video into the cache directory {tmp_path} (No space left on device). "
        "Free some space. Or set --cache-dir to another directory."
    )


def test_files_of_a_gallery_are_missing(tmp_path):
    error = PrebuiltAsset(SourceLocation("plot_a.py", 3), str(tmp_path)).outcome()
    assert (str(error), error.file, error.line) == (
        f"files of this video are missing or damaged in {tmp_path}. Delete the folder that "
        "sphinx-gallery generates, so that the examples are run again.",
        "plot_a.py",
        3,
    )


def test_a_writer_that_is_not_complete(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", Fraction(10)) as writer:
        writer.capture(np.zeros((4, 4)))
        with pytest.raises(AnimvideoError) as caught:
            _ = writer.video
    assert str(caught.value) == f"{tmp_path / 'a.mp4'} is not complete yet. Close the writer first."


def test_nondeterministic_code():
    job = SimpleNamespace(
        location=SourceLocation("page.rst", 4), code_location=SourceLocation("page.rst", 6)
    )
    hint = NondeterminismHint("reads the clock", "page.rst", 9)
    found = NondeterministicVideo(job, "2 of 4 frames differ, the first is frame 1", (hint,))
    assert str(found.error) == (
        "the code draws something different each time it runs: 2 of 4 frames differ, the first is "
        "frame 1. Reason: line 9 reads the clock."
    )
    unexplained = NondeterministicVideo(job, found.what, ())
    assert str(unexplained.error).endswith("Reason: no known cause was found.")


def test_bugs_ask_for_a_report():
    error = internal_error(KeyError("x"))
    assert error.explain(keyword) == (
        "internal error of animvideo (KeyError: 'x'). Please report it."
    )


def test_names_that_do_not_exist():
    with pytest.raises(
        AttributeError, match="module 'sphinxcontrib_animvideo' has no attribute 'none'"
    ):
        _ = sphinxcontrib_animvideo.none


def test_python_without_matplotlib_cannot_render(tmp_path):
    program = """
import sys
from pathlib import Path
from sphinxcontrib_animvideo.core.rendering.worker_process import WorkerProcess
sys.path[:] = [str(Path("broken").absolute()), *sys.path]
WorkerProcess("spawn", {}).run(None, None)
"""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "matplotlib.py").write_text("1 / 0")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "a worker process could not be started (exit status 1). Does `" in done.stderr
    assert "-c 'import matplotlib.pyplot'` work?" in done.stderr


def test_what_the_end_of_ffmpeg_is_called(tmp_path, monkeypatch):
    encoder = Encoder(4, 4, Fraction(10), [Output(FORMATS["mp4"], tmp_path / "none" / "a.mp4")])
    with pytest.raises(EncoderError) as caught:
        for _ in range(1000):
            encoder.write(np.zeros((4, 4, 4), np.uint8))
        encoder.close()
    known = ("ffmpeg exited at frame ", "ffmpeg failed to encode the frames (exit status ")
    assert str(caught.value).startswith((*known, "ffmpeg exited while finalizing the file ("))


def test_frames_that_a_file_does_not_have(tmp_path):
    video = write_video(tmp_path / "a.mp4", np.zeros((2, 16, 16)))
    with pytest.raises(EncoderError, match=r"^frames 1, 7 of a\.mp4 cannot all be decoded\.$"):
        decode_frames(video.path, [1, 7], (16, 16), video.fps)

"""Where a video grows until it is complete: any name, one writer, and nothing left behind."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sphinxcontrib_animvideo import VideoWriter, write_video
from sphinxcontrib_animvideo.cli import main
from sphinxcontrib_animvideo.core.encoding import ffmpeg
from sphinxcontrib_animvideo.core.encoding.clip_writer import ClipWriter
from sphinxcontrib_animvideo.core.encoding.encoder import Encoder
from sphinxcontrib_animvideo.core.encoding.output import Output
from sphinxcontrib_animvideo.core.encoding.picture_files import pictures_of
from sphinxcontrib_animvideo.core.encoding.probe import read_info
from sphinxcontrib_animvideo.core.model.formats import FORMATS
from sphinxcontrib_animvideo.errors import (
    EncoderError,
    FrameError,
    OptionError,
    OutputError,
    WriterError,
)
from tests.video import decode

pytestmark = pytest.mark.attack

FRAME = np.zeros((16, 16, 3), np.uint8)
FRAMES = [FRAME, FRAME + 100, FRAME + 200]
ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name != "posix", reason="Windows allows no such names")


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def run(program, folder, **options):
    """Start a program that may use the package."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


# -- names -------------------------------------------------------------------------------------

NAMES = [
    *("run-12:30", "-i", "--version", "http:x", "concat:a|b", "pipe:1", "md5:a", "file:a"),
    *(
        "a%d",
        "%03d b",
        "100%",
        "a'b",
        'a"b',
        "a\\b",
        "a b",
        "a[0]*?",
        "a,b;c",
        "a#b?c",
        "été",
        "~a",
    ),
]


@posix
@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
@pytest.mark.parametrize("stem", NAMES)
def test_any_name_is_a_name(tmp_path, monkeypatch, stem, suffix):
    monkeypatch.chdir(tmp_path)
    name = stem + suffix
    video = write_video(name, FRAMES)
    assert (files(tmp_path), video.path) == ([name], Path(name))
    assert len(list(pictures_of(name))) == 3
    assert read_info(Path(name)).frame_count == 3


@posix
@pytest.mark.parametrize("suffix", [*dict.fromkeys(made.suffix for made in FORMATS.values())])
def test_every_format_takes_any_name_of_a_folder(tmp_path, suffix):
    folder = tmp_path / "-a:b%d%03d"
    folder.mkdir()
    path = folder / f"c%d{suffix}"
    write_video(path, FRAMES)
    assert (files(folder), read_info(path).frame_count) == ([path.name], 3)
    if suffix in (".mp4", ".avi", ".webm", ".mkv"):
        assert len(list(pictures_of(path))) == 3


@posix
def test_any_name_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_video("a:%d.mp4", FRAMES)
    assert main(["render", "a:%d.mp4", "-o", "b:%d.mp4", "-q"]) == 0
    assert main(["info", "b:%d.mp4"]) == 0
    assert "3 frames" in capsys.readouterr().out


def test_a_change_of_the_directory_does_not_move_the_video(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    writer = VideoWriter("c.mp4")
    writer.capture(FRAME, caption="here")
    os.chdir("sub")
    writer.capture(FRAME)
    video = writer.close()
    os.chdir(tmp_path)
    assert files(tmp_path) == ["c.mp4", "c.vtt", "sub"]
    assert (writer.path, video.path) == (Path("c.mp4"), tmp_path / "c.mp4")


def test_a_clip_stays_where_it_was_begun(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    writer = ClipWriter(Path(), "1", Fraction(10))
    writer.capture(FRAME, caption="here")
    os.chdir("sub")
    assert writer.finish().frame_count == 1
    assert files(tmp_path) == [
        "1-captions.vtt",
        "1-mp4.mp4",
        "1-poster.png",
        "1-poster.webp",
        "sub",
    ]


@posix
def test_the_directory_is_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(OutputError, match=r"cannot write a\.mp4 \(No such file or directory\)"):
        VideoWriter("a.mp4")


@posix
@pytest.mark.parametrize("length", [128, 129, 240, 250, 255])
@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_names_as_long_as_the_file_system_allows(tmp_path, monkeypatch, length, suffix):
    monkeypatch.chdir(tmp_path)
    name = "é" * ((length - 4) // 2) + "x" * (length % 2) + suffix
    with VideoWriter(name) as writer:
        writer.capture(FRAME, caption="here")
    assert files(tmp_path) == sorted([name, name.replace(suffix, ".vtt")])
    assert main(["render", name, "-o", name.replace("é", "e"), "-q"]) == 0


@pytest.mark.parametrize("name", ["a\0.mp4", "a\0/b.mp4", "\ud800.mp4", "x" * 300 + ".mp4"])
def test_names_that_no_file_can_have(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=r"cannot write .*\.mp4 \(.+\)\. Pass a path"):
        VideoWriter(name)
    with pytest.raises(FrameError):
        write_video("a.mp4", name)
    with pytest.raises(FrameError):
        write_video("a.mp4", [name])
    assert files(tmp_path) == []


# -- one writer for each file -------------------------------------------------------------------

BUSY = (
    r"a\.mp4 is being written by another VideoWriter\. Close or abort that one first, or write to "
    r"another file\."
)


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path):
    first = VideoWriter(tmp_path / "a.mp4")
    first.capture(FRAME)
    for _ in range(2):
        with pytest.raises(WriterError, match=BUSY):
            VideoWriter(tmp_path / "a.mp4")
    first.capture(FRAME + 99)
    assert first.close().frame_count == 2
    assert files(tmp_path) == ["a.mp4"]
    assert write_video(tmp_path / "a.mp4", [FRAME]).frame_count == 1


def test_a_second_writer_by_another_way(tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    with VideoWriter("a.mp4") as first:
        with pytest.raises(WriterError, match=BUSY):
            VideoWriter(tmp_path / "link" / "a.mp4")
        first.capture(FRAME)
    assert first.video.frame_count == 1


def test_a_second_writer_in_another_process(tmp_path):
    program = """
from sphinxcontrib_animvideo import VideoWriter
writer = VideoWriter("a.mp4")
print("begun", flush=True)
input()
writer.capture([[0.0, 1.0]])
print(writer.close().frame_count)
"""
    with run(program, tmp_path) as process:
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(WriterError, match=BUSY):
            VideoWriter(tmp_path / "a.mp4")
        assert process.communicate("\n")[0] == "1\n"
    assert files(tmp_path) == ["a.mp4"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_neither_holds_a_file_nor_ends_its_writer(tmp_path):
    program = """
import os, sys, time
from sphinxcontrib_animvideo import VideoWriter
writer = VideoWriter("a.mp4")
writer.capture([[0.0, 1.0]])
if os.fork() == 0:
    del writer
    sys.exit()
os.wait()
writer.capture([[0.0, 1.0]])
if os.fork() == 0:
    time.sleep(60)
    os._exit(0)
print(writer.close().frame_count, flush=True)
VideoWriter("a.mp4").abort()
VideoWriter("b.mp4")
print("killed", flush=True)
os.kill(os.getpid(), 9)
"""
    with run(program, tmp_path, start_new_session=True) as process:
        try:
            assert process.stdout.readline() == "2\n"
            assert process.stdout.readline() == "killed\n"
            process.wait()
            write_video(tmp_path / "b.mp4", [FRAME])  # though the fork still runs
        finally:
            os.killpg(process.pid, 9)
    assert files(tmp_path) == ["a.mp4", "b.mp4"]


def test_many_writers_at_the_same_moment(tmp_path):
    done, refused = [], []
    start = threading.Barrier(8)

    def write():
        start.wait()
        for _ in range(3):
            try:
                with VideoWriter(tmp_path / "a.mp4") as writer:
                    writer.capture(FRAME)
                done.append(writer.video)
            except WriterError:
                refused.append(1)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done
    assert len(done) + len(refused) == 24
    assert files(tmp_path) == ["a.mp4"]
    assert len(decode(tmp_path / "a.mp4").frames) == 1


@pytest.mark.parametrize("content", [None, "notes.txt", "folder/notes.txt"])
def test_a_folder_of_the_users_is_never_removed(tmp_path, content):
    folder = tmp_path / "a.mp4.unfinished"
    folder.mkdir()
    if content:
        (folder / content).parent.mkdir(exist_ok=True)
        (folder / content).write_text("mine")
    with pytest.raises(OutputError) as caught:
        VideoWriter(tmp_path / "a.mp4")
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'a.mp4'}: {folder} already exists and was not created by a "
        "VideoWriter. Move or remove it, or write to another file."
    )
    assert [(folder / content).read_text()] == ["mine"] if content else files(folder) == []


def test_a_file_of_the_users_is_never_removed(tmp_path):
    (tmp_path / "a.mp4.unfinished").write_text("mine")
    with pytest.raises(
        OutputError, match=r"a\.mp4\.unfinished already exists and was not created by a VideoWriter"
    ):
        VideoWriter(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4.unfinished").read_text() == "mine"


def test_a_folder_of_a_killed_process_is_removed_with_all_that_is_in_it(tmp_path):
    program = """
import os
from sphinxcontrib_animvideo import VideoWriter
writer = VideoWriter("a.mp4")
os.kill(os.getpid(), 9)
"""
    if os.name != "posix":
        program = program.replace("os.kill(os.getpid(), 9)", "os._exit(0)")
    with run(program, tmp_path) as process:
        process.wait()
    (folder,) = tmp_path.iterdir()
    assert folder.name == "a.mp4.unfinished"
    (folder / "deeper").mkdir()
    (folder / "deeper" / "file").touch()
    VideoWriter(tmp_path / "a.mp4").abort()
    assert files(tmp_path) == []


@posix
def test_a_file_system_without_locks(tmp_path, monkeypatch):
    import fcntl

    def fail(*arguments):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", fail)
    assert write_video(tmp_path / "a.mp4", [FRAME]).frame_count == 1
    assert files(tmp_path) == ["a.mp4"]


# -- what stands where the video should be -------------------------------------------------------


def test_captions_whose_file_is_a_folder(tmp_path):
    (tmp_path / "a.vtt").mkdir()
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.capture(FRAME)
        with pytest.raises(OutputError, match=r"a\.vtt is a directory. Move it, or .* captions"):
            writer.capture(FRAME, caption="here")
    assert writer.video.frame_count == 1


def test_a_video_that_cannot_be_moved_is_kept(tmp_path):
    path = tmp_path / "a.mp4"
    writer = VideoWriter(path)
    writer.capture(FRAME)
    (path / "in the way").mkdir(parents=True)
    kept = tmp_path / "a.mp4.unfinished" / "video-mp4.mp4"
    with pytest.raises(OutputError) as caught:
        writer.close()
    assert str(caught.value) == (
        f"the video is complete, but cannot be moved to {path} (Is a directory). It is kept in "
        f"{kept.parent} until you write to {path} again."
    )
    assert len(decode(kept).frames) == 1


@posix
def test_a_folder_that_is_removed_and_made_again(tmp_path):
    first = VideoWriter(tmp_path / "a.mp4")
    shutil.rmtree(tmp_path / "a.mp4.unfinished")
    second = VideoWriter(tmp_path / "a.mp4")
    first.abort()
    second.capture(FRAME)
    assert second.close().frame_count == 1
    assert files(tmp_path) == ["a.mp4"]


@posix
@pytest.mark.parametrize("captions", [False, True])
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".webp", ".mkv"])
def test_a_folder_that_is_removed_too_early(tmp_path, suffix, captions):
    writer = VideoWriter(tmp_path / f"a{suffix}")
    writer.capture(FRAME, hold=4, caption="here" if captions else None)
    folder = tmp_path / f"a{suffix}.unfinished"
    assert wait_until(lambda: list(folder.glob("video-*")))
    shutil.rmtree(folder)
    with pytest.raises(EncoderError) as caught:
        writer.close()
    assert "No such file or directory" in str(caught.value) + caught.value.detail
    assert files(tmp_path) == []


@posix
def test_captions_that_cannot_be_written(tmp_path, monkeypatch):
    def fail(*arguments, **options):
        raise OSError(28, "No space left on device")

    writer = VideoWriter(tmp_path / "a.mp4")
    writer.capture(FRAME, caption="here")
    with monkeypatch.context() as patch, pytest.raises(OutputError) as caught:
        patch.setattr(Path, "write_text", fail)
        writer.close()
    assert str(caught.value) == (
        "the captions cannot be written (No space left on device). Free some space, or write the "
        "video without captions."
    )
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {"target_size": "abc"}),
        ("a.gif", {"target_size": 1000}),
        ("a.mp4", {"target_size": 1000, "quality": "good"}),
        ("a.mp4", {"cmap": "nice"}),
        ("a.gif", {"quality": "lossless"}),
        ("a.mp4", {"max_frames": "x"}),
        ("a.mp4", {"total": "x"}),
        ("a.mp4", {"extra_args": ["a\0b"]}),
    ],
)
def test_options_are_read_before_anything_is_created(tmp_path, name, options):
    with pytest.raises(OptionError):
        VideoWriter(tmp_path / name, **options)
    assert files(tmp_path) == []


# -- writers that are dropped -------------------------------------------------------------------


def children():
    """Return the ffmpegs of this process that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, _, rest = text.partition("(")[2].rpartition(")")
        if "ffmpeg" in name and rest.split()[1] == str(os.getpid()):
            found.append(int(stat.parent.name))
    return found


def is_back_to(before):
    return all(now <= then for now, then in zip(state(), before, strict=True))


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return met


linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts in /proc")
dropped = pytest.mark.filterwarnings("ignore:.*dropped:ResourceWarning")


def state():
    gc.collect()  # what earlier tests have left is not counted as what this one has ended
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(children())


@linux
@dropped
@pytest.mark.parametrize("keep", [False, True])
def test_writers_that_are_dropped_leave_nothing(tmp_path, keep):
    VideoWriter(tmp_path / "warm.mp4").abort()
    before = state()
    for number in range(6):
        writer = VideoWriter(tmp_path / f"{number}.mp4", keep_unfinished=keep, hash_frames=True)
        writer.capture(FRAME)
    del writer
    assert wait_until(lambda: is_back_to(before)), (before, state())
    left = [f"{number}.mp4.unfinished" for number in range(6)] if keep else []
    assert files(tmp_path) == left
    for name in left:
        assert [len(decode(path).frames) for path in (tmp_path / name).glob("video*")] == [1]
    assert write_video(tmp_path / "0.mp4", [FRAME]).frame_count == 1
    assert files(tmp_path) == ["0.mp4", *left[1:]]


@linux
@dropped
def test_a_writer_that_its_own_callback_holds_is_dropped(tmp_path):
    before = state()
    writer = VideoWriter(tmp_path / "a.mp4", on_frame=lambda n: writer.frame_count)  # noqa: F821
    writer.capture(FRAME)
    del writer
    gc.collect()
    assert wait_until(lambda: is_back_to(before))
    assert files(tmp_path) == []


def test_a_writer_that_is_dropped_warns(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    with pytest.warns(
        ResourceWarning,
        match=r"a\.mp4 was not written, because its VideoWriter was dropped. Use a with block, or call close\(\)",
    ):
        del writer


@linux
def test_encoders_that_are_dropped_leave_nothing(tmp_path):
    before = state()
    writer = ClipWriter(tmp_path, "1", Fraction(10), formats=("mp4", "gif"), hash_frames=True)
    writer.capture(FRAME)
    assert state() != before
    del writer
    assert wait_until(lambda: is_back_to(before))


@linux
def test_a_recorder_that_is_dropped_leaves_nothing(tmp_path):
    from sphinxcontrib_animvideo.core.capture.in_process import InProcessRecorder
    from sphinxcontrib_animvideo.core.model.options import OPTIONS
    from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
    from sphinxcontrib_animvideo.errors import keyword

    before = state()
    settings = make_settings({}, lambda name: OPTIONS[name].default)
    limits = make_limits(lambda name: OPTIONS[name].default)
    recorder = InProcessRecorder(settings, limits, keyword, folder=tmp_path)
    recorder.capture(FRAME)
    assert state() != before
    del recorder
    gc.collect()
    assert wait_until(lambda: is_back_to(before))


@linux
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("end", ["", "raise ValueError", "import sys; sys.exit(3)"])
def test_a_writer_at_the_end_of_the_program(tmp_path, keep, end):
    program = f"""
import gc
import numpy as np
from sphinxcontrib_animvideo import VideoWriter
writer = VideoWriter("a.mp4", keep_unfinished={keep})
writer.capture(np.zeros((16, 16)))
writer.self = writer
print(writer._writer._encoder._part.encoder.pid, flush=True)
{end}
"""
    with run(program, tmp_path, stderr=subprocess.DEVNULL) as process:
        pid = int(process.stdout.readline())
    assert wait_until(lambda: not Path(f"/proc/{pid}/exe").exists())
    assert files(tmp_path) == (["a.mp4.unfinished"] if keep else [])


@linux
@pytest.mark.parametrize("moment", ["thread", "wide", "returned"])
def test_an_interrupt_while_ffmpeg_starts(tmp_path, monkeypatch, moment):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    before = state()
    with monkeypatch.context() as patch:
        if moment == "thread":
            patch.setattr(threading.Thread, "start", interrupt)
        elif moment == "wide":
            import fcntl

            patch.setattr(fcntl, "fcntl", interrupt)
        else:
            original = ClipWriter._open
            patch.setattr(ClipWriter, "_open", lambda *a: interrupt(original(*a)))
        with pytest.raises(KeyboardInterrupt) as caught, VideoWriter(tmp_path / "a.mp4") as writer:
            writer.capture(FRAME)
    if moment != "returned":
        assert children() == []
    del caught
    assert wait_until(lambda: is_back_to(before))
    assert files(tmp_path) == []


@linux
def test_an_interrupted_second_thread_ends_the_first(tmp_path, monkeypatch):
    start, started = threading.Thread.start, []

    def interrupt(thread):
        start(thread)
        started.append(thread)
        if len(started) == 2:
            raise KeyboardInterrupt

    before = state()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupt)
        with pytest.raises(KeyboardInterrupt):
            Encoder(16, 16, Fraction(10), [Output(FORMATS["mp4"], tmp_path / "a.mp4")])
    assert children() == []
    assert wait_until(lambda: is_back_to(before))


def test_ffmpeg_gets_absolute_paths(tmp_path, monkeypatch):
    commands = []
    original = ffmpeg.start_ffmpeg

    def note(command, *arguments, **options):
        commands.append(command)
        return original(command, *arguments, **options)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ffmpeg, "start_ffmpeg", note)
    for module in ("frame_pipe", "decoder"):
        monkeypatch.setattr(f"sphinxcontrib_animvideo.core.encoding.{module}.start_ffmpeg", note)
    write_video("a.gif", FRAMES)
    write_video("b.mp4", FRAMES, target_size="1 MB")
    write_video("c.webm", "b.mp4")
    named = [word for command in commands for word in command[1:] if Path(word).suffix]
    paths = [word for word in named if word.endswith((".gif", ".mp4", ".webm", ".png", ".attempt"))]
    assert len(paths) > 8
    assert all(word.startswith(f"file:{tmp_path}") for word in paths)

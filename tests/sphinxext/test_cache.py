"""What renders again, and what does not."""

import json
import shutil
import subprocess
import sys
from textwrap import dedent

import pytest

from sphinxcontrib_animvideo.core.cache import environment
from tests.conftest import FIGURE, directive
from tests.video import decode

CODE = FIGURE + "for i in range(3):\n    line.set_ydata([i, 1])\n    capture()\n"


def built(project, **config):
    build = project.build(**config)
    assert build.warnings == []
    return build.summary


def media(build):
    return {path.name: path.read_bytes() for path in build.files("_images/*")}


def test_a_second_build_runs_nothing(project):
    project.page(CODE + "open('log', 'a').write('ran')")
    assert built(project) == (1, 0, 0)
    build = project.build()
    assert build.summary == (0, 1, 0)
    assert "configuration has changed" not in build.status
    assert (project.folder / "log").read_text() == "ran"


def test_prose_moves_and_renames_run_nothing(project):
    project.page(CODE)
    assert built(project) == (1, 0, 0)
    project.write("index.rst", "New title\n=========\n\nProse.\n\n" + directive(CODE, ":alt: x"))
    assert built(project) == (0, 1, 0)
    project.page("# a comment\n\n" + CODE.replace("[i, 1]", "[i,   1]"), ":loop:")
    assert built(project) == (0, 1, 0)
    project.write("index.rst", "Page\n====\n\n.. toctree::\n\n   sub/new\n")
    project.page(CODE, name="sub/new.rst")
    assert built(project) == (0, 1, 0)


def test_identical_directives_render_once(project):
    project.write("index.rst", "P\n=\n\n.. toctree::\n\n   b\n\n" + directive(CODE) * 2)
    project.page(CODE, name="b.rst")
    build = project.build()
    assert build.warnings == []
    assert "animvideo: rendering 1 video\n" in build.status
    assert "animvideo: [1/1]" in build.status
    assert len(build.files("_images/*.mp4")) == 1
    assert sum(build.summary) == 3
    assert len(list(project.folder.glob("_build/doctrees/animvideo/*/*/asset.json"))) == 1


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (":fps: 10", {}),
        (":dpi: 50", {}),
        (":style: ggplot", {}),
        (":seed: 1", {}),
        (":quality: draft", {}),
        (":formats: gif", {}),
        (":poster: last", {}),
        (":max-frames: 9", {}),
        ("", {"animvideo_fps": 10}),
        ("", {"animvideo_style": "ggplot"}),
        ("", {"animvideo_rcparams": {"lines.linewidth": 4}}),
        ("", {"animvideo_pre_code": "x = 1"}),
        ("", {"animvideo_encoder_args": {"mp4": ["-crf", "30"]}}),
    ],
)
def test_what_decides_the_video_renders_exactly_the_jobs_concerned(project, options, config):
    other = directive("y = 1\n" + CODE, "\n".join([":fps: 5", ":style: classic", ":quality: 20"]))
    project.write("index.rst", "P\n=\n\n" + directive(CODE) + other)
    assert built(project) == (2, 0, 0)
    project.write("index.rst", "P\n=\n\n" + directive(CODE, options) + other)
    everywhere = bool(config) and not config.keys() & {"animvideo_style"}
    assert built(project, **config) == ((2, 0, 0) if everywhere else (1, 1, 0))


def test_another_version_of_matplotlib_renders_again(project, monkeypatch):
    project.page(CODE)
    assert built(project) == (1, 0, 0)
    real = environment.version
    monkeypatch.setattr(
        environment, "version", lambda name: "9.9" if name == "matplotlib" else real(name)
    )
    assert built(project) == (1, 0, 0)


def test_another_ffmpeg_renders_again(project, monkeypatch, tmp_path):
    project.page(CODE)
    assert built(project) == (1, 0, 0)
    copy = tmp_path / "ffmpeg"
    shutil.copy(environment.find_ffmpeg(), copy)
    with copy.open("ab") as file:
        file.write(b"another build")
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(copy))
    assert built(project) == (1, 0, 0)


def test_data_files_and_local_modules_are_dependencies(project):
    project.write("data/values.csv", "1,2,3\n")
    project.write("data/other.csv", "1\n")
    project.write("helper.py", "from package.inner import VALUE\n")
    project.write("package/__init__.py", "")
    project.write("package/inner.py", "VALUE = 1\n")
    project.page(
        "import helper\nimport numpy as np\n"
        "values = np.loadtxt('data/values.csv', delimiter=',')\n" + CODE
    )
    steps = [
        (None, (1, 0, 0)),
        (None, (0, 1, 0)),
        (("data/values.csv", "1,2,4\n"), (1, 0, 0)),
        (("data/values.csv", "1,2,3\n"), (0, 1, 0)),  # the first video is still there
        (("data/other.csv", "2\n"), (0, 1, 0)),
        (("package/inner.py", "VALUE = 2\n"), (1, 0, 0)),
        (("helper.py", "from package.inner import VALUE  # as is\n"), (1, 0, 0)),
        (None, (0, 1, 0)),
    ]
    for change, expected in steps:
        if change:
            project.write(*change)
        assert built(project) == expected, change


def test_a_changed_data_file_reaches_the_page(project):
    project.write("value.txt", "3")
    project.page(FIGURE + "for i in range(int(open('value.txt').read())):\n    capture()\n")
    assert len(decode(project.build().files("_images/*.mp4")[0]).frames) == 3
    project.write("value.txt", "5")
    build = project.build()
    assert build.summary == (1, 0, 0)
    (name,) = {name for name in media(build) if name.endswith(".mp4") and name in build.page()}
    assert len(decode(build.outdir / "_images" / name).frames) == 5


def test_depends_names_files_that_cannot_be_seen(project):
    project.write("seen.bin", "1")
    code = "import subprocess, sys\n" + CODE
    project.page(code, ":depends: /seen.bin")
    assert built(project) == (1, 0, 0)
    assert built(project) == (0, 1, 0)
    project.write("seen.bin", "2")
    assert built(project) == (1, 0, 0)


def test_a_file_that_was_missing_and_then_appears(project):
    code = "try:\n    n = int(open('n.txt').read())\nexcept OSError:\n    n = 1\n"
    project.page(code + FIGURE + "for i in range(n): capture()")
    assert built(project) == (1, 0, 0)
    project.write("n.txt", "4")
    build = project.build()
    assert build.summary == (1, 0, 0)


def test_the_same_code_in_another_folder_reads_its_own_files(project):
    for folder, count in (("a", 2), ("b", 5)):
        project.write(f"{folder}/n.txt", str(count))
        project.page(
            FIGURE + "for i in range(int(open('n.txt').read())): capture()", "", f"{folder}/p.rst"
        )
    project.write("index.rst", "P\n=\n\n.. toctree::\n\n   a/p\n   b/p\n")
    build = project.build()
    assert build.warnings == []
    for folder, count in (("a", 2), ("b", 5)):
        page = build.page(f"{folder}/p.html")
        (name,) = [n for n in media(build) if n.endswith(".mp4") and n in page]
        assert len(decode(build.outdir / "_images" / name).frames) == count
    assert built(project) == (0, 2, 0)


@pytest.mark.parametrize(
    ("code", "argument"),
    [
        ("n = int(open('../n.txt').read())\n", ""),
        ("", "/{folder}/s.py"),
    ],
)
def test_the_same_code_reads_the_files_of_its_own_folder(project, code, argument):
    for folder, count in (("a", 2), ("b", 5)):
        project.write(f"{folder}/n.txt", str(count))
        reads = "from pathlib import Path\nn = int((Path(__file__).parent / 'n.txt').read_text())\n"
        project.write(f"{folder}/s.py", reads + FIGURE + "for i in range(n): capture()\n")
        body = "" if argument else code + FIGURE + "for i in range(n): capture()"
        where = f"{folder}/sub/p.rst" if code else f"page-{folder}.rst"
        project.page(body, "", where, argument.format(folder=folder))
    pages = ("a/sub/p", "b/sub/p") if code else ("page-a", "page-b")
    toctree = "".join(f"   {page}\n" for page in pages)
    project.write("index.rst", f"P\n=\n\n.. toctree::\n\n{toctree}")
    build = project.build()
    assert build.warnings == []
    for page, count in zip(pages, (2, 5), strict=True):
        html = build.page(f"{page}.html")
        (name,) = [n for n in media(build) if n.endswith(".mp4") and n in html]
        assert len(decode(build.outdir / "_images" / name).frames) == count
    assert built(project) == (0, 2, 0)


def test_a_file_that_changes_while_it_is_drawn_is_drawn_again(project):
    data = project.write("n.txt", "1")
    code = FIGURE + "n = int(open('n.txt').read())\n"
    code += f"import subprocess, sys; subprocess.run([sys.executable, '-c', \"open({str(data)!r}, 'w').write('3')\"])\n"
    project.page(code + "for i in range(n): capture()")
    assert built(project) == (1, 0, 0)
    assert built(project) == (1, 0, 0)
    assert built(project) == (0, 1, 0)


def test_installed_packages_are_dependencies_by_version(project):
    project.page("import markdown_it\n" + CODE)
    assert built(project) == (1, 0, 0)
    assert built(project) == (0, 1, 0)
    (record,) = project.folder.glob("_build/doctrees/animvideo/*/*/asset.json")
    known = json.loads(record.read_text())
    (package,) = [d for d in known["dependencies"] if d["path"] == "markdown-it-py"]
    package["state"] = "0.1"
    record.write_text(json.dumps(known))
    assert built(project) == (1, 0, 0)


def test_a_page_is_written_again_after_an_interrupted_build(project, monkeypatch):
    from sphinx.builders.html import StandaloneHTMLBuilder

    project.write("n.txt", "1")
    project.page(FIGURE + "for i in range(int(open('n.txt').read())): capture()")
    before = project.build().page()
    project.write("n.txt", "2")
    with monkeypatch.context() as patch:
        patch.setattr(StandaloneHTMLBuilder, "write_doc", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            project.build()
    build = project.build()
    assert build.summary == (0, 1, 0)
    assert build.page() != before


def test_a_changed_script_renders_again(project):
    script = project.write("s.py", CODE)
    project.page("", argument="s.py")
    assert built(project) == (1, 0, 0)
    script.write_text(CODE.replace("range(3)", "range(4)"), "utf-8")
    build = project.build()
    assert build.summary == (1, 0, 0)


def test_deleting_the_cache_or_one_of_its_files(project):
    project.write("index.rst", "P\n=\n\n" + directive(CODE) + directive("x = 1\n" + CODE))
    first = project.build()
    assert first.summary == (2, 0, 0)
    before = media(first)
    cache = project.folder / "_build" / "doctrees" / "animvideo"
    next(cache.glob("*/*/*.mp4")).unlink()
    assert built(project) == (1, 1, 0)
    next(cache.glob("*/*/*.png")).write_bytes(b"")
    assert built(project) == (1, 1, 0)
    next(cache.glob("*/*/asset.json")).write_text("{")
    assert built(project) == (1, 1, 0)
    shutil.rmtree(cache)
    last = project.build()
    assert last.summary == (2, 0, 0)
    assert media(last) == before


def test_contexts_are_keyed_by_their_chain(project):
    def pages(*codes):
        text = "".join(directive(code, ":context:") for code in codes)
        project.write("index.rst", "P\n=\n\n" + text)

    one, two, three = FIGURE + "n = 1\ncapture()", "n += 1\ncapture()", "print(n)\ncapture()"
    pages(one, two, three)
    assert built(project) == (3, 0, 0)
    pages(one, two, three)
    assert built(project) == (0, 3, 0)
    pages(one, two, three + "\ncapture()")
    assert built(project) == (1, 2, 0)
    pages(one, "n += 2\ncapture()", three)
    assert built(project) == (2, 1, 0)
    pages(one.replace("n = 1", "n = 9"), two, three)
    assert built(project) == (3, 0, 0)


def test_a_context_runs_as_a_whole_but_encodes_what_is_missing(project):
    one = FIGURE + "from matplotlib.animation import FuncAnimation\nseen = []\n"
    one += "ani = FuncAnimation(fig, lambda i: seen.append(i), 4, init_func=lambda: [])\n"

    def pages(last):
        text = directive(one, ":context:") + directive(last, ":context:")
        project.write("index.rst", "P\n=\n\n" + text)

    pages("assert seen == [0, 1, 2, 3]\ncapture()")
    assert built(project) == (2, 0, 0)
    pages("assert seen == [0, 1, 2, 3]\ncapture(hold=1)")
    assert built(project) == (1, 1, 0)


def test_two_folders_two_times_one_result(make_project):
    builds = []
    for name in ("one", "a longer name/two"):
        project = make_project(name)
        project.write("sub/s.py", CODE + "def make(): return fig\n")
        project.write(
            "index.rst",
            "P\n=\n\n.. toctree::\n\n   b\n\n"
            + directive(CODE, ":formats: mp4 webm gif\n:show-source-link:\n:dark: dark_background")
            + directive("", "", "sub/s.py make"),
        )
        project.page("import numpy as np\ncapture(np.random.rand(32, 32))", name="b.rst")
        builds.append(project.build(html_last_updated_fmt=None))
    one, two = builds
    assert one.warnings == two.warnings == []
    assert media(one) == media(two)
    assert media(one).keys()
    for page in ("index.html", "b.html"):
        assert one.page(page) == two.page(page)
    assert [path.read_bytes() for path in one.files("_downloads/*/*")] == [
        path.read_bytes() for path in two.files("_downloads/*/*")
    ]


def test_parallel_and_serial_builds_are_identical(make_project):
    builds = []
    for name, parallel in (("serial", 0), ("parallel", 2)):
        project = make_project(name)
        names = [f"page{index}" for index in range(8)]
        toctree = "P\n=\n\n.. toctree::\n\n" + "".join(f"   {name}\n" for name in names)
        project.write("index.rst", toctree)
        for index, page in enumerate(names):
            project.page(f"n = {index}\n" + CODE + "capture(hold=n / 5 + .1)", name=f"{page}.rst")
        builds.append(project.build(parallel=parallel, animvideo_jobs=parallel or 1))
    one, two = builds
    assert one.warnings == two.warnings == []
    assert one.summary == two.summary == (8, 0, 0)
    assert media(one) == media(two)
    for name in [f"page{index}.html" for index in range(8)]:
        assert one.page(name) == two.page(name)


def test_a_shared_cache_serves_another_checkout(make_project, tmp_path):
    for name, expected in (("one", (1, 0, 0)), ("two", (0, 1, 0))):
        project = make_project(name)
        project.write("data.txt", "1")
        project.page("open('data.txt').read()\n" + CODE)
        assert built(project, animvideo_cache_dir=str(tmp_path / "cache")) == expected


def test_two_builds_at_the_same_time_share_a_cache(make_project, tmp_path):
    processes = []
    for name in ("one", "two"):
        project = make_project(name)
        project.page(CODE)
        command = [sys.executable, "-m", "sphinx", "-W", "-D", f"animvideo_cache_dir={tmp_path}/c"]
        command += [str(project.folder), str(project.folder / "_build" / "html")]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert len(list((tmp_path / "c").glob("*/*/asset.json"))) == 1
    assert not list((tmp_path / "c").glob("staging-*"))


def test_the_cache_holds_json_and_media_only(project):
    project.page(CODE, ":formats: mp4 webm gif")
    assert project.build().warnings == []
    cache = project.folder / "_build" / "doctrees" / "animvideo"
    suffixes = {path.suffix for path in cache.rglob("*") if path.is_file()}
    assert suffixes == {".json", ".mp4", ".webm", ".gif", ".png", ".webp"}
    assert str(project.folder) not in next(cache.glob("*/*/asset.json")).read_text()


def test_nothing_to_render_never_imports_matplotlib_and_starts_no_process(project):
    project.page(CODE)
    assert built(project) == (1, 0, 0)
    program = f"""
import os, subprocess, sys
started = []
sys.addaudithook(lambda event, args: started.append(args[0]) if event == "subprocess.Popen" else 0)
from sphinx.cmd.build import main
status = main(["-E", "-q", "-d", {str(project.folder / "_build/doctrees")!r},
               {str(project.folder)!r}, {str(project.folder / "_build/html")!r}])
heavy = {{"matplotlib", "numpy", "imageio_ffmpeg"}} & set(sys.modules)
assert (status, heavy, started) == (0, set(), []), (status, heavy, started)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_python_is_not_asked_twice_for_what_decides_the_key(project):
    project.page(CODE)
    project.build()
    memo = project.folder / "_build" / "doctrees" / "animvideo" / "environment.json"
    known = json.loads(memo.read_text("utf-8"))
    assert any("ffmpeg" in name for name in known)
    assert all(isinstance(value, str) for value in known.values())


def test_ruined_memos_and_records_are_as_good_as_none(project):
    project.page(CODE)
    project.build()
    cache = project.folder / "_build" / "doctrees" / "animvideo"
    (cache / "environment.json").write_text("[]")
    assert built(project) == (0, 1, 0)


def test_files_that_are_opened_in_several_threads_are_dependencies(project):
    for number in range(40):
        project.write(f"{number}.txt", str(number))
    code = """\
        from concurrent.futures import ThreadPoolExecutor
        for i in range(3):
            capture()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: open(f"{number}.txt").read(), range(40)))
        """
    project.page(FIGURE + dedent(code))
    project.build()
    (record,) = project.folder.glob("_build/doctrees/animvideo/*/*/asset.json")
    found = {each["path"] for each in json.loads(record.read_text())["dependencies"]}
    assert found == {f"{number}.txt" for number in range(40)}
    assert project.build().summary == (0, 1, 0)


def test_a_folder_that_is_a_link(project, tmp_path):
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / "data.txt").write_text("1")
    (elsewhere / "helper.py").write_text("level = 1")
    code = FIGURE + "import helper\nline.set_ydata([0, float(open('data.txt').read())])\ncapture()"
    (elsewhere / "page.rst").write_text("Page\n====\n\n" + directive(code))
    try:
        (project.folder / "examples").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    project.write("index.rst", "Docs\n====\n\n.. toctree::\n\n   examples/page\n")
    assert project.build().summary == (1, 0, 0)
    for name in ("data.txt", "helper.py"):
        assert project.build().summary == (0, 1, 0)
        (elsewhere / name).write_text("2" if name == "data.txt" else "level = 2")
        assert project.build().summary == (1, 0, 0)


def test_a_style_of_the_users_own_library(project, tmp_path, monkeypatch):
    (library := tmp_path / "config" / "stylelib").mkdir(parents=True)
    monkeypatch.setenv("MPLCONFIGDIR", str(library.parent))
    style = library / "mine.mplstyle"
    style.write_text("lines.linewidth: 1")
    project.page(FIGURE + "capture()", ":style: mine")
    assert project.build().summary == (1, 0, 0)
    assert project.build().summary == (0, 1, 0)
    style.write_text("lines.linewidth: 9")
    assert project.build().summary == (1, 0, 0)


def test_an_ffmpeg_that_was_removed(project, monkeypatch, tmp_path):
    from imageio_ffmpeg import get_ffmpeg_exe

    known = tmp_path / "ffmpeg"
    real = get_ffmpeg_exe()
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    monkeypatch.setattr(environment, "_possible_ffmpegs", lambda: {str(known), real})
    known.symlink_to(real)
    monkeypatch.setattr(environment, "find_ffmpeg", lambda: str(known if known.exists() else real))
    project.page(FIGURE + "capture()")
    assert project.build().warnings == []
    known.unlink()
    assert project.build().warnings == []

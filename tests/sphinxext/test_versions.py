"""A part of the gallery is checked against its lock file, whatever the version of Matplotlib is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["gallery/economics", "gallery/images"]


def ignore_other_pages(folder: str, names: list[str]) -> list[str]:
    ours = [f"{Path(page).name}.rst" for page in PAGES]
    return [name for name in names if name.endswith(".rst") and name not in ours]


def test_the_gallery_is_as_locked(project):
    lock = json.loads((DOCS / "animvideo.lock").read_text("utf-8"))
    videos = {
        name: entry for name, entry in lock["videos"].items() if name.partition("#")[0] in PAGES
    }
    assert len(videos) == 5
    project.write("animvideo.lock", json.dumps({**lock, "videos": videos}))
    toctree = "\n   ".join(PAGES)
    shutil.copytree(DOCS / "gallery", project.folder / "gallery", ignore=ignore_other_pages)
    shutil.copy(DOCS / "_ext" / "gallery.py", project.folder / "cards.py")
    conf = f"import sys\nsys.path.insert(0, {str(project.folder)!r})\n"
    project.write("conf.py", conf + "extensions = ['sphinxcontrib_animvideo', 'cards']\n")
    project.write("index.rst", f"Gallery\n=======\n\n.. toctree::\n\n   {toctree}\n")
    build = project.build(animvideo_lock_mode="check")
    assert build.warnings == []
    counts = build.status.rpartition("animvideo.lock: ")[2]
    assert "changed" not in counts
    assert "new" not in counts

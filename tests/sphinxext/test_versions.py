"""A part of the gallery is checked against its lock file, whatever the version of Matplotlib is."""

from __future__ import annotations

import json
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["gallery/mathematics", "gallery/pictures"]


def test_the_gallery_is_as_locked(project):
    lock = json.loads((DOCS / "animvideo.lock").read_text("utf-8"))
    videos = {
        name: entry for name, entry in lock["videos"].items() if name.partition("#")[0] in PAGES
    }
    assert len(videos) == 5
    project.write("animvideo.lock", json.dumps({**lock, "videos": videos}))
    toctree = "\n   ".join(PAGES)
    for page in PAGES:
        project.write(f"{page}.rst", (DOCS / f"{page}.rst").read_text("utf-8"))
    project.write("index.rst", f"Gallery\n=======\n\n.. toctree::\n\n   {toctree}\n")
    build = project.build(animvideo_lock_mode="check")
    assert build.warnings == []
    counts = build.status.rpartition("animvideo.lock: ")[2]
    assert "changed" not in counts
    assert "new" not in counts

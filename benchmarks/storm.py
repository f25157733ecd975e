"""Kills processes of builds at random moments, and reports what is left behind (Linux).

    python benchmarks/storm.py [--kills 300] [--seed 0] [--json FILE]

Every round starts a build of the same documentation with a cache of its own, some videos of which
hold the GIL, have forked, or have started a daemon, and kills one process: the build, a worker, the
child that runs the code, or an ffmpeg. Three seconds after the end of the build none of its
processes may be alive. The next build in the same folders must then publish the same bytes as an
undisturbed one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

MARK = "ANIMVIDEO_STORM"
FRAMES = """
import os, re, subprocess, sys, time
import numpy as np
for level in range(60):
    capture(np.full((64, 64), 3 * level + {number}, np.uint8))
    time.sleep({pause})
"""
STORM = "if os.environ.get('{mark}'):\n    {code}\n"
CODES = {
    "plain": "pass",
    "holds the GIL": "re.match(r'(a+)+$', 'a' * 24 + 'b')",
    "forked": "os.fork() or (time.sleep(600), os._exit(0))",
    "daemon": "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
    "start_new_session=True)",
}
VICTIMS = ("build", "worker", "child", "ffmpeg")
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def write_docs(folder: Path) -> None:
    """Write documentation, the code of which misbehaves only while it is attacked."""
    folder.mkdir()
    settings = 'extensions = ["sphinxcontrib_animvideo"]\nhtml_theme = "basic"\n'
    (folder / "conf.py").write_text(settings)
    parts = ["Storm\n=====\n"]
    for number, code in enumerate(CODES.values()):
        text = FRAMES.format(pause=0.001, number=number) + STORM.format(mark=MARK, code=code)
        parts.append(".. animvideo::\n\n" + "".join(f"   {line}\n" for line in text.splitlines()))
    (folder / "index.rst").write_text("\n".join(parts))


class Storm:
    """The documentation, the reference, and what was found."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.docs = folder / "docs"
        write_docs(self.docs)
        self.found: Counter[str] = Counter()
        self.build(folder / "reference", attacked=False).wait()
        self.reference = published(folder / "reference")
        assert len([name for name in self.reference if name.endswith(".mp4")]) == len(CODES)

    def build(self, output: Path, attacked: bool) -> subprocess.Popen[bytes]:
        """Start a build. An attack changes only what is in its environment."""
        environment = {**os.environ, **({MARK: str(output)} if attacked else {})}
        command = [sys.executable, "-m", "sphinx", "-q", "-d", str(output / "doctrees")]
        return subprocess.Popen(
            [*command, "-Danimvideo_jobs=4", str(self.docs), str(output / "html")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def attack(self, number: int) -> None:
        """Kill one process of one build, and look at what is left."""
        output = self.folder / f"attack-{number}"
        build = self.build(output, attacked=True)
        victim = self.random.choice(VICTIMS)
        while build.poll() is None and not list(chosen(build.pid, victim)):
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, 1.0 if victim != "ffmpeg" else 0.1))
        processes = list(chosen(build.pid, victim))
        if processes:
            process = self.random.choice(processes)
            sent = self.random.choice(SIGNALS) if victim == "build" else signal.SIGKILL
            with suppress(psutil.Error):
                process.send_signal(sent)
                self.found[f"killed: {victim}"] += 1
        else:
            self.found["nothing to kill"] += 1
        if victim == "build" and processes:
            build.wait()
        else:
            with suppress(subprocess.TimeoutExpired):
                build.wait(60)
            if build.poll() is None:
                self.found["hanging builds"] += 1
                build.kill()
        left = alive_after(3, str(output))
        for process in left:
            print(f"\nleft in attack {number} on the {victim}: {process}", file=sys.stderr)
        self.found["orphans"] += len(left)
        self.heal(output)
        shutil.rmtree(output, ignore_errors=True)

    def heal(self, output: Path) -> None:
        """Build again, and compare what is published with the reference."""
        before = {n: d for n, d in published(output).items() if n.endswith(".mp4")}
        wrong = [name for name, data in before.items() if self.reference.get(name) != data]
        self.found["wrong files published by the attacked build"] += len(wrong)
        self.build(output, attacked=False).wait(120)
        self.found["healing builds"] += 1
        if published(output) != self.reference:
            self.found["healing builds that differ"] += 1
        left = [*output.rglob("staging-*"), *output.rglob("*.unfinished")]
        self.found["leftovers after the healing build"] += len(left)


def published(output: Path) -> dict[str, bytes]:
    """Return the published videos and posters by name."""
    return {path.name: path.read_bytes() for path in (output / "html").glob("_images/*")}


def chosen(pid: int, victim: str) -> Iterator[psutil.Process]:
    """Yield the processes of a build that play a part."""
    with suppress(psutil.Error):
        build = psutil.Process(pid)
        if victim == "build":
            yield build
        for worker in build.children():
            if victim == "worker":
                yield worker
            for child in worker.children():
                if victim == "child":
                    yield child
                if victim == "ffmpeg":
                    yield from (p for p in child.children() if "ffmpeg" in p.name())


def alive_after(seconds: float, mark: str) -> list[psutil.Process]:
    """Return the processes of an attacked build that are alive after some seconds; kill them."""
    deadline = time.monotonic() + seconds
    while (found := list(marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in found:
        with suppress(psutil.Error):
            process.kill()
    return found


def marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        storm = Storm(Path(folder), given.seed)
        number = 0
        while sum(count for name, count in storm.found.items() if "killed" in name) < given.kills:
            storm.attack(number)
            number += 1
            print(f"\r{number} attacks: {dict(storm.found)}", end="", file=sys.stderr)
        report: dict[str, Any] = dict(sorted(storm.found.items()))
    print(json.dumps(report, indent=1))
    if given.json:
        given.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

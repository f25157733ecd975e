"""Feeds hostile input to all readers: markup, options, caches, lock files, messages, and sources.

The test suite runs some inputs of each kind. To run more, with another seed::

    python -m tests.fuzz --count 10000 --seed 7 records locks
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from sphinxcontrib_animvideo import frame
from sphinxcontrib_animvideo.core.cache.store import Cache
from sphinxcontrib_animvideo.core.lockfile.lock import Lock
from sphinxcontrib_animvideo.core.lockfile.snapshot import RenderedVideo
from sphinxcontrib_animvideo.core.lockfile.status import compare_all
from sphinxcontrib_animvideo.core.model.asset import Asset
from sphinxcontrib_animvideo.core.model.job import Job, SourceLocation
from sphinxcontrib_animvideo.core.model.options import DIRECTIVE, OPTIONS, options_of
from sphinxcontrib_animvideo.core.model.settings import make_limits, make_settings
from sphinxcontrib_animvideo.core.rendering import messages
from sphinxcontrib_animvideo.core.rendering.render import Renderer
from sphinxcontrib_animvideo.errors import AnimvideoError, LockError, OptionError
from tests.conftest import Project

TOO_LONG = 2.0
"""Seconds for one input."""
HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**63, 10**30, 0.5, 1e308, -1e-308),
    *("", " ", "0", "-1", "1e999999999", "1e-999999999", "nan", "inf", "9" * 400, "1/0", "0x10"),
    *("1_000", "\u0661\u0662", "\uff11\uff12px", "a\0b", "../../x", "/etc/passwd", "..", "\u202e"),
    *("<script>", "\"'`$(id)", "%s %n {option}", "x" * 5000, "a: b", "#", "*" * 50, "\n\n", "é"),
    *([], {}, [[]], {"a": []}, [None] * 3, {"version": 99}, [0.5, "x"]),
)
NUMBERS = ("1", "25", "12.5", "30000/1001", "50%", "640px", "2 MB", "1.5s", "first", "mp4 webm")


def hostile(rng: random.Random) -> Any:
    return copy.deepcopy(rng.choice(HOSTILE))


def text(rng: random.Random) -> str:
    """Return a text for an option: hostile, plausible, or both."""
    kind = rng.random()
    if kind < 0.4:
        return str(hostile(rng))
    if kind < 0.7:
        return mangled(rng.choice(NUMBERS), rng)
    return "".join(
        chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x3000)])) for _ in "12345"
    )


def mangled(content: str, rng: random.Random) -> str:
    """Return a text that was cut, or changed at one place."""
    at = rng.randrange(len(content) + 1)
    piece = rng.choice(
        ["", "\0", "{", "]", '"', "-", "e9999999", "\ud7ff", content[:at], "\\ud800"]
    )
    return content[:at] + piece + content[at + rng.randrange(3) :]


def mutated(data: Any, rng: random.Random) -> Any:
    """Return JSON data in which one value was replaced, removed, or nested deeply."""
    data = copy.deepcopy(data)
    parent: Any = None
    key: Any = None
    value = data
    while isinstance(value, (dict, list)) and value and (parent is None or rng.random() < 0.8):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        parent, key = value, rng.choice(keys)
        value = parent[key]
    if parent is None or rng.random() < 0.05:
        return hostile(rng)
    if rng.random() < 0.2:
        del parent[key]
    else:
        parent[key] = hostile(rng)
    return data


class Rendered:
    """A job with one video, its entry in a cache, and its lock file."""

    def __init__(self, folder: Path) -> None:
        def default(name: str) -> Any:
            return OPTIONS[name].default

        place = SourceLocation(str(folder / "page.rst"), 1)
        code = "import numpy as np\nfor level in (0.0, 0.5):\n    capture(np.full((4, 4), level))\n"
        self.job = Job(
            place, code, place, str(folder), str(folder), make_settings({}, default), timeout=60
        )
        self.cache = Cache(folder / "cache")
        renderer = Renderer(self.cache, make_limits(default))
        outcome = renderer.render(self.job).outcome
        renderer.close()
        assert isinstance(outcome, Asset), outcome
        self.asset = outcome
        (self.record,) = self.cache.folder.glob("*/*/asset.json")
        self.text = self.record.read_text("utf-8")
        environment = {**self.cache.environment.parts, "text": ""}
        self.video = RenderedVideo(
            "page#1", "0" * 16, place, outcome, outcome.clips[0], environment
        )
        self.lock = folder / "animvideo.lock"
        Lock().updated([self.video], set()).write(self.lock)
        self.lock_text = self.lock.read_text("utf-8")


def damaged_json(content: str, rng: random.Random) -> str:
    if rng.random() < 0.2:
        return mangled(content, rng)
    data = json.loads(content)
    for _ in range(rng.randrange(1, 3)):
        data = mutated(data, rng)
    return json.dumps(data)


def try_record(rendered: Rendered, rng: random.Random) -> None:
    changed = damaged_json(rendered.text, rng)
    rendered.record.write_text(changed, "utf-8", errors="surrogatepass")
    found = rendered.cache.find(rendered.job)
    assert found in (None, rendered.asset), "a wrong asset was believed"


def try_lock(rendered: Rendered, rng: random.Random) -> None:
    changed = damaged_json(rendered.lock_text, rng)
    rendered.lock.write_text(changed, "utf-8", errors="surrogatepass")
    try:
        lock = Lock.read(rendered.lock)
        statuses = compare_all(lock, [rendered.video], set())
        lock.updated([rendered.video], set()).write(rendered.lock)
    except LockError:
        assert rendered.lock.read_text("utf-8", errors="surrogatepass") == changed
        return
    assert statuses
    if json.loads(changed) == json.loads(rendered.lock_text):
        assert statuses[0].status.value == "identical"


def try_message(rendered: Rendered, rng: random.Random) -> None:
    done = messages.StepDone(rendered.asset.clips, (), "", "", (), ())
    stopped = messages.StepFailed(OptionError("no", option="fps"))
    line = messages.encode(rng.choice([done, stopped, messages.StepStarted(0)])).decode()
    data = damaged_json(line, rng)
    try:
        message = messages.decode(data.encode(errors="surrogatepass"))
    except ValueError:
        return
    assert isinstance(message, messages.Message), message


def try_option(rendered: Rendered, rng: random.Random) -> None:
    option = rng.choice(list(OPTIONS.values()))
    value = text(rng) if rng.random() < 0.8 else hostile(rng)
    with suppress(OptionError):
        option.read(value)


def try_source(rendered: Rendered, rng: random.Random) -> None:
    try:
        pixels = frame(source(rng))
    except AnimvideoError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 4
    assert (pixels[..., 3] == 255).all()


def source(rng: random.Random) -> Any:
    """Return something to capture: arrays of all kinds, or what is no picture at all."""
    if rng.random() < 0.1:
        return hostile(rng)
    shape = tuple(rng.randrange(5) for _ in range(rng.randrange(5)))
    if rng.random() < 0.6:
        shape = (
            rng.randrange(1, 6),
            rng.randrange(1, 6),
            *rng.choice([(), (1,), (3,), (4,), (2,)]),
        )
    kind = rng.choice(
        ["?", "u1", "i1", "u2", ">u2", "i4", "f2", "f4", ">f8", "c8", "O", "U1", "M8[s]"]
    )
    values = np.random.default_rng(rng.randrange(2**32)).normal(rng.choice([0, 0.5, 100]), 1, shape)
    with np.errstate(all="ignore"):
        array = values.astype(kind) if kind != "M8[s]" else values.astype("i8").astype(kind)
    if array.dtype.kind == "f" and array.size and rng.random() < 0.3:
        array.flat[0] = rng.choice([np.nan, np.inf, -np.inf])
    wrap: list[Callable[[Any], Any]] = [
        *(
            lambda a: a,
            lambda a: a[::-1],
            lambda a: a.T,
            np.ma.masked_invalid,
            lambda a: a.tolist(),
        ),
        *(lambda a: bytes(a.tobytes()), lambda a: memoryview(np.ascontiguousarray(a))),
    ]
    if array.ndim == 2:
        wrap.append(np.matrix)
    try:
        return rng.choice(wrap)(array)
    except (TypeError, ValueError, IndexError):
        return array


KINDS = {
    "records": try_record,
    "locks": try_lock,
    "messages": try_message,
    "options": try_option,
    "sources": try_source,
}
NAMES = [*KINDS, "markup"]


def run_markup(count: int, seed: int, rendered: Rendered) -> list[str]:
    """Read one document with many directives; return what went wrong."""
    rng = random.Random(f"markup {seed}")
    project = Project(rendered.record.parents[3] / f"markup-{seed}")
    project.write("index.rst", "Markup\n======\n\n" + "".join(markup(rng) for _ in range(count)))
    try:
        build = project.build("dummy")
    except Exception:
        return [f"markup {seed}: {traceback.format_exc(limit=-5)}"]
    return [text for text in build.warnings if "itself failed" in text or "Traceback" in text]


def markup(rng: random.Random) -> str:
    """Return a directive with hostile options."""
    names = [*options_of(DIRECTIVE), *(str(hostile(rng))[:20] for _ in range(2))]
    options = "".join(f"   :{rng.choice(names)}: {text(rng)}\n" for _ in range(rng.randrange(1, 5)))
    code = rng.choice(["capture()", "", text(rng), ">>> capture()"])
    argument = text(rng).replace("\n", " ") if rng.random() < 0.2 else ""
    clean = options.encode(errors="replace").decode().replace("\0", "?")
    return f".. animvideo:: {argument}\n{clean}\n   {code}\n\n".encode(errors="replace").decode()


def run(kind: str, count: int, seed: int, rendered: Rendered) -> list[str]:
    """Try some inputs of a kind; return what went wrong, with the number of the input."""
    if kind == "markup":
        return run_markup(count, seed, rendered)
    wrong = []
    for number in range(count):
        started = time.monotonic()
        try:
            KINDS[kind](rendered, random.Random(f"{kind} {seed} {number}"))
        except Exception:
            wrong.append(f"{kind} {seed} {number}: {traceback.format_exc(limit=-3)}")
        if time.monotonic() - started > TOO_LONG:
            wrong.append(f"{kind} {seed} {number}: took too long")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=1000, help="Inputs of each kind.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("kinds", nargs="*", default=NAMES)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        rendered = Rendered(folder)
        for kind in given.kinds:
            started = time.monotonic()
            wrong = run(kind, given.count, given.seed, rendered)
            print(
                f"{kind}: {len(wrong)} of {given.count} wrong, {time.monotonic() - started:.0f} s"
            )
            print("\n".join(wrong[:5]))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""Seeds changes into the animations of the documentation, and counts which the lock file finds.

Each animation is run once. At each frame, every change is made to the figure, described, and taken
back. The descriptions of one version of Matplotlib are compared with those of another one:

    python benchmarks/mutations.py describe 3.11.json           # with Matplotlib 3.11
    other/bin/python benchmarks/mutations.py describe 3.9.json  # with Matplotlib 3.9
    python benchmarks/mutations.py judge 3.9.json 3.11.json

With ``--check``, the second command fails if it finds less than 95 % of the changes (99 % with one
version of Matplotlib), or a change where there is none.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import random
import re
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

import matplotlib as mpl
import numpy as np

mpl.use("agg")

import scenes
from matplotlib import pyplot as plt
from matplotlib.animation import Animation
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sphinxcontrib_animvideo.core.encoding.describer import Describer
from sphinxcontrib_animvideo.core.frames.drawing import Drawing
from sphinxcontrib_animvideo.core.frames.redraw import Redrawer
from sphinxcontrib_animvideo.core.lockfile.description_diff import compare_descriptions
from sphinxcontrib_animvideo.core.model.description import Description

DOCS = Path(__file__).parents[1] / "docs"
FRAMES = 16
SCENES = [
    make
    for make in vars(scenes).values()
    if inspect.isfunction(make)
    and not make.__name__.startswith("_")
    and not inspect.signature(make).parameters
]
Undo = Callable[[], object]
Mutation = Callable[[Figure], Undo | None]
"""Changes a figure, and returns what takes that back; ``None`` if there is nothing to change."""
MUTATIONS: dict[str, Mutation] = {}


def mutation(function: Mutation) -> Mutation:
    MUTATIONS[function.__name__.replace("_", " ")] = function
    return function


def changed(artist: Any, **values: Any) -> Undo:
    """Set properties of an artist; return what resets them."""
    before = {name: getattr(artist, f"get_{name}")() for name in values}
    artist.set(**values)
    return lambda: artist.set(**before)


def first(figure: Figure, kind: type, number: int = 0) -> Any:
    """Return an artist of a kind that shows data."""
    found = [
        artist
        for axes in figure.axes
        for artist in axes.get_children()
        if type(artist) is kind and artist.get_visible() and artist is not axes.patch
    ]
    return found[number] if number < len(found) else None


def points(line: Line2D) -> np.ndarray | None:
    values = np.ma.getdata(line.get_ydata(orig=False)) if line else np.empty(0)
    return values if len(values) and np.isfinite(values).any() else None


def height_of(axes: Axes) -> float:
    low, high = axes.get_ylim()
    return high - low


# -- lines -----------------------------------------------------------------------------------


def moved_line(figure: Figure, number: int, by: Callable[[np.ndarray, float], np.ndarray]) -> Any:
    line = first(figure, Line2D, number)
    values = points(line)
    if values is None:
        return None
    x, y = line.get_data(orig=True)
    line.set_ydata(by(values, height_of(line.axes)))
    return lambda: line.set_data(x, y)


@mutation
def curve_shifted_by_1_percent(figure: Figure) -> Any:
    return moved_line(figure, 0, lambda y, height: y + 0.01 * height)


@mutation
def second_curve_shifted_by_1_percent(figure: Figure) -> Any:
    return moved_line(figure, 1, lambda y, height: y + 0.01 * height)


@mutation
def curve_3_percent_higher(figure: Figure) -> Any:
    return moved_line(figure, 0, lambda y, height: y * 1.03 + 0.001 * height)


@mutation
def noise_of_5_percent_on_a_curve(figure: Figure) -> Any:
    def add(y: np.ndarray, height: float) -> np.ndarray:
        return y + np.random.default_rng(5).normal(0, 0.05 * abs(height), len(y))

    return moved_line(figure, 0, add)


@mutation
def curve_of_another_color(figure: Figure) -> Any:
    line = first(figure, Line2D)
    return changed(line, color="#a05195") if line else None


@mutation
def wider_curve(figure: Figure) -> Any:
    line = first(figure, Line2D)
    return changed(line, linewidth=line.get_linewidth() + 0.5) if points(line) is not None else None


@mutation
def dashed_curve(figure: Figure) -> Any:
    line = first(figure, Line2D)
    if points(line) is None or line.get_linestyle() == "None":
        return None
    return changed(line, linestyle=":" if line.get_linestyle() == "--" else "--")


@mutation
def another_marker(figure: Figure) -> Any:
    line = first(figure, Line2D)
    if points(line) is None:
        return None
    return changed(line, marker="s" if line.get_marker() != "s" else "o")


@mutation
def missing_curve(figure: Figure) -> Any:
    line = first(figure, Line2D)
    return changed(line, visible=False) if points(line) is not None else None


@mutation
def exchanged_colors(figure: Figure) -> Any:
    one, other = first(figure, Line2D), first(figure, Line2D, 1)
    if points(one) is None or points(other) is None:
        return None
    if same_color(one.get_color(), other.get_color()):
        return None
    colors = one.get_color(), other.get_color()
    undo = changed(one, color=colors[1]), changed(other, color=colors[0])
    return lambda: [step() for step in undo]


# -- other shapes ----------------------------------------------------------------------------


@mutation
def points_shifted_by_1_percent(figure: Figure) -> Any:
    cloud = first(figure, PathCollection)
    if cloud is None or not len(cloud.get_offsets()):
        return None
    offsets = np.ma.array(cloud.get_offsets(), copy=True)
    cloud.set_offsets(offsets + np.array([0, 0.01 * height_of(cloud.axes)]))
    return lambda: cloud.set_offsets(offsets)


@mutation
def points_of_another_color(figure: Figure) -> Any:
    cloud = first(figure, PathCollection)
    if cloud is None or cloud.get_array() is not None:
        return None
    return changed(cloud, facecolor="#a05195")


@mutation
def larger_points(figure: Figure) -> Any:
    cloud = first(figure, PathCollection)
    if cloud is None:
        return None
    sizes = cloud.get_sizes().copy()
    cloud.set_sizes(sizes * 1.5)
    return lambda: cloud.set_sizes(sizes)


@mutation
def bar_longer_by_2_percent(figure: Figure) -> Any:
    bar = first(figure, Rectangle)
    if bar is None:
        return None
    size = bar.get_width(), bar.get_height()
    low, high = bar.axes.get_xlim()
    bar.set(width=size[0] + 0.02 * (high - low), height=size[1] + 0.02 * height_of(bar.axes))
    return lambda: bar.set(width=size[0], height=size[1])


@mutation
def bar_of_another_color(figure: Figure) -> Any:
    bar = first(figure, Rectangle)
    return changed(bar, facecolor="#a05195") if bar else None


def mapped_image(figure: Figure) -> Any:
    """Return an image whose data are mapped to colors."""
    image = first(figure, AxesImage)
    return image if image is not None and np.ndim(image.get_array()) == 2 else None


def other_data(image: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if image is None:
        return None
    before = np.ma.array(image.get_array(), copy=True)
    image.set_data(change(before))
    return lambda: image.set_data(before)


@mutation
def noise_of_5_percent_on_an_image(figure: Figure) -> Any:
    image = mapped_image(figure)

    def add(data: np.ndarray) -> np.ndarray:
        low, high = image.get_clim()
        return data + np.random.default_rng(5).normal(0, 0.05 * (high - low), data.shape)

    return other_data(image, add)


@mutation
def image_one_column_to_the_right(figure: Figure) -> Any:
    return other_data(mapped_image(figure), lambda data: np.roll(data, 1, axis=1))


@mutation
def another_colormap(figure: Figure) -> Any:
    image = mapped_image(figure)
    if image is None:
        return None
    return changed(image, cmap="plasma" if image.get_cmap().name != "plasma" else "viridis")


# -- texts and axes --------------------------------------------------------------------------


def texts(figure: Figure, role: str) -> Any:
    for axes in figure.axes:
        text = {"title": axes.title, "x": axes.xaxis.label, "y": axes.yaxis.label}[role]
        if text.get_text() and axes.axison:
            return text
    return None


@mutation
def another_title(figure: Figure) -> Any:
    text = texts(figure, "title")
    return changed(text, text=text.get_text() + "s") if text else None


@mutation
def missing_title(figure: Figure) -> Any:
    text = texts(figure, "title")
    return changed(text, text="") if text else None


@mutation
def missing_label(figure: Figure) -> Any:
    text = texts(figure, "x") or texts(figure, "y")
    return changed(text, text="") if text else None


@mutation
def wrong_unit(figure: Figure) -> Any:
    text = texts(figure, "x") or texts(figure, "y")
    return changed(text, text=text.get_text().replace("(s)", "(ms)") + " ") if text else None


@mutation
def larger_font(figure: Figure) -> Any:
    text = texts(figure, "title") or texts(figure, "x")
    return changed(text, fontsize=text.get_fontsize() + 1) if text else None


@mutation
def another_word_in_the_legend(figure: Figure) -> Any:
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    text = legends[0].get_texts()[0] if legends else None
    return changed(text, text=text.get_text() + "s") if text else None


@mutation
def missing_legend(figure: Figure) -> Any:
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    return changed(legends[0], visible=False) if legends else None


@mutation
def another_text(figure: Figure) -> Any:
    found = [text for axes in figure.axes for text in axes.texts if text.get_text().strip()]
    return changed(found[0], text=found[0].get_text() + ".") if found else None


@mutation
def text_moved_by_1_percent(figure: Figure) -> Any:
    found = [text for axes in figure.axes for text in axes.texts if text.get_text().strip()]
    if not found:
        return None
    x, y = found[0].get_unitless_position()
    in_axes = found[0].get_transform() == found[0].axes.transAxes
    found[0].set_position((x, y + 0.01 * (1 if in_axes else height_of(found[0].axes))))
    return lambda: found[0].set_position((x, y))


@mutation
def other_limits(figure: Figure) -> Any:
    for axes in figure.axes:
        if type(axes) is Axes and axes.get_aspect() == "auto" and axes.get_yscale() == "linear":
            low, high = axes.get_ylim()
            auto = axes.get_autoscaley_on()
            axes.set_ylim(low, high + 0.05 * (high - low))
            return lambda: axes.set_ylim(low, high, auto=auto)
    return None


@mutation
def grid(figure: Figure) -> Any:
    for axes in figure.axes:
        if type(axes) is Axes and axes.axison:
            shown = axes.xaxis._major_tick_kw.get("gridOn", False)
            axes.xaxis.grid(not shown)
            return lambda: axes.xaxis.grid(shown)
    return None


@mutation
def another_background(figure: Figure) -> Any:
    return changed(figure, facecolor="#f0f0f0")


@mutation
def blank_picture(figure: Figure) -> Any:
    shown = [axes for axes in figure.axes if axes.get_visible()]
    for axes in shown:
        axes.set_visible(False)
    return lambda: [axes.set_visible(True) for axes in shown]


# -- frames ----------------------------------------------------------------------------------

SEQUENCES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "one frame dropped, the next one doubled": lambda all: [*all[:5], all[6], *all[6:FRAMES]],
    "two frames in another order": lambda all: [*all[:6], all[7], all[6], *all[8:FRAMES]],
    "late by one frame": lambda all: [all[0], *all[: FRAMES - 1]],
    "early by one frame": lambda all: all[1 : FRAMES + 1],
    "last frame missing": lambda all: all[: FRAMES - 1],
    "one frame twice": lambda all: [*all[:8], *all[7:FRAMES]],
}


@dataclass
class Taken:
    """The frames of an animation with one change."""

    drawings: list[Drawing] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def described(self, order: Sequence[int] | None = None) -> dict[str, Any]:
        numbers = range(min(FRAMES, len(self.drawings))) if order is None else order
        describer = Describer()
        for place, number in enumerate(numbers):
            describer.see(place, 1, self.drawings[number])
        found = describer.description
        assert found
        hashes = [self.hashes[number] for number in numbers]
        return {"lines": dict(found.lines), "motion": found.motion, "hashes": hashes}


class Taker:
    """Takes the frames of one figure, with all changes."""

    def __init__(self) -> None:
        self.figure: Figure | None = None
        self.taken = {"": Taken()}
        self.redrawers: dict[str, Redrawer] = {}
        self.possible: dict[str, Mutation] = {}

    def take(self, figure: Figure) -> None:
        base = self.taken[""]
        if self.figure is None:
            self.figure = figure
        elif figure is not self.figure or len(base.drawings) > FRAMES:
            return
        self._take("", figure)
        if len(base.drawings) > FRAMES:
            return
        for name, mutate in MUTATIONS.items():
            if (undo := mutate(figure)) is None:
                continue
            try:
                self._take(name, figure)
            finally:
                undo()

    def _take(self, name: str, figure: Figure) -> None:
        redrawer = self.redrawers.get(name)
        if redrawer is None:
            redrawer = self.redrawers[name] = Redrawer(figure, describe=True)
        pixels = redrawer.frame()
        taken = self.taken.setdefault(name, Taken())
        assert redrawer.drawing
        taken.drawings.append(redrawer.drawing)
        taken.hashes.append(hashlib.sha256(pixels.tobytes()).hexdigest()[:16])


_DIRECTIVE = re.compile(r"( *)\.\. animvideo::(?: +(\S+\.py)(?: (\w+))?)?$")


def codes() -> Iterator[tuple[str, str, str]]:
    """Yield the name, the code, and the function of each animation of the documentation."""
    seen = set()
    for page in sorted(DOCS.rglob("*.rst")):
        lines = page.read_text("utf-8").split("\n")
        for start, line in enumerate(lines):
            if not (directive := _DIRECTIVE.match(line)):
                continue
            indent, script, function = len(directive[1]), directive[2], directive[3] or ""
            block: list[str] = []
            for inner in lines[start + 1 :]:
                if inner.strip() and len(inner) - len(inner.lstrip()) <= indent:
                    break
                block.append(inner)
            code = textwrap.dedent("\n".join(block)).strip("\n")
            while code.startswith((":", "\n")):
                code = code.partition("\n")[2]
            if script:
                file = DOCS / script.lstrip("/") if script[0] == "/" else page.parent / script
                code = file.read_text("utf-8") if file.exists() else ""
            if code and (code, function) not in seen:
                seen.add((code, function))
                yield f"{page.relative_to(DOCS).with_suffix('')}:{start + 1}", code, function


def run(code: str, function: str, taker: Taker) -> None:
    """Run code as the directive does, as far as these animations need it."""

    def capture(source: Any = None, **options: Any) -> None:
        figure = source if isinstance(source, Figure) else getattr(source, "figure", plt.gcf())
        taker.take(figure)

    module = sys.modules["__main__"].__dict__ | {"capture": capture, "__name__": "__animation__"}
    with (
        mock.patch("sphinxcontrib_animvideo.capture", capture),
        mock.patch.object(Animation, "save"),  # which would write a file, where there is an ffmpeg
    ):
        exec(compile(code, "code", "exec"), module)
        made = module[function]() if function else None
        if isinstance(made, Iterator):
            for figure in islice(made, FRAMES + 1):
                taker.take(figure)
    for animation in [one for one in (made, *module.values()) if isinstance(one, Animation)]:
        take_all(animation, taker)
        break


def take_all(animation: Animation, taker: Taker) -> None:
    """Take the frames of an animation."""
    animation._draw_was_started = True
    animation._init_draw()
    for data in islice(animation.new_saved_frame_seq(), FRAMES + 1):
        animation._draw_next_frame(data, blit=False)
        taker.take(animation._fig)


def run_scene(make: Callable[[], Any], taker: Taker) -> None:
    """Run one of the scenes of the other benchmarks."""
    scene = make()
    for number in range(FRAMES + 1):
        scene.step(number)
        taker.take(scene.figure)


def describe(output: Path, only: Sequence[str]) -> None:
    """Describe all animations, or *only* those whose names start so, with all changes."""
    found: dict[str, dict[str, Any]] = {}
    runs: dict[str, Callable[[Taker], None]] = {
        name: partial(run, code, function) for name, code, function in codes()
    }
    runs |= {make.__name__: partial(run_scene, make) for make in SCENES}
    if only:
        runs = {name: take for name, take in runs.items() if name.startswith(tuple(only))}
    for name, take_frames in runs.items():
        taker = Taker()
        random.seed(0)
        np.random.seed(0)
        with mpl.rc_context(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                take_frames(taker)
            except Exception as error:
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        plt.close("all")
        base = taker.taken[""]
        if len(base.drawings) < FRAMES:
            continue
        found[name] = {
            mutation: taken.described()
            for mutation, taken in taker.taken.items()
            if len(taken.drawings) >= FRAMES
        }
        for mutation, reorder in SEQUENCES.items():
            if len(base.drawings) > FRAMES or mutation not in ("early by one frame",):
                order = reorder(list(range(len(base.drawings))))
                found[name][mutation] = base.described(order)
        print(name, len(found[name]) - 1, "changes", file=sys.stderr)
    data = {"matplotlib": mpl.__version__, "animations": found}
    output.write_text(json.dumps(data), "utf-8")


def judge(before: Path, now: Path, check: bool) -> None:
    """Print which changes are found; exit with an error if a *check* fails."""
    old, new = (json.loads(path.read_text("utf-8")) for path in (before, now))
    same_version = old["matplotlib"] == new["matplotlib"]
    seeded, found, missed, alarms = Counter[str](), Counter[str](), [], []
    for name, changes in new["animations"].items():
        base, own = old["animations"].get(name, {}).get(""), changes[""]
        if base is None:
            continue
        if not same_version and differs(own, base):
            alarms.append(f"{name}: {'; '.join(words(own, base))}")
        for mutation, data in changes.items():
            if not mutation or data["hashes"] == own["hashes"]:
                continue  # it changes no pixel
            seeded[mutation] += 1
            if data["hashes"] != base["hashes"] if same_version else differs(data, base):
                found[mutation] += 1
            else:
                missed.append(f"{name}: {mutation}")
    print(f"Matplotlib {new['matplotlib']} against {old['matplotlib']}")
    for mutation, count in sorted(seeded.items()):
        print(f"{mutation:45} {found[mutation]:4} of {count:4}")
    total = seeded.total()
    print(f"found: {found.total()} of {total} ({found.total() / total:.1%})")
    print("missed:", *missed, sep="\n  ")
    print(f"false alarms: {len(alarms)} of {len(new['animations'])}", *alarms, sep="\n  ")
    if check and (alarms or found.total() < (0.99 if same_version else 0.95) * total):
        sys.exit("too many are missed, or there are false alarms")


def differs(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if len(one["hashes"]) != len(other["hashes"]):
        return True
    return bool(compare_descriptions(description(one), description(other)))


def words(one: dict[str, Any], other: dict[str, Any]) -> Sequence[str]:
    return compare_descriptions(description(one), description(other)).words


def description(data: dict[str, Any]) -> Description:
    return Description({n: tuple(lines) for n, lines in data["lines"].items()}, data["motion"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    describing = commands.add_parser("describe")
    describing.add_argument("output", type=Path)
    describing.add_argument("--only", metavar="NAME", nargs="+", default=())
    judging = commands.add_parser("judge")
    judging.add_argument("before", type=Path)
    judging.add_argument("now", type=Path)
    judging.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if given.command == "describe":
        describe(given.output, given.only)
    else:
        judge(given.before, given.now, given.check)


if __name__ == "__main__":
    main()

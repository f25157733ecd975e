"""The directive: checks its options, and adds a request to the environment. Nothing runs here."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.directives.code import container_wrapper
from sphinx.util.docutils import SphinxDirective

from ..core.capture.scripts import looks_like_option, plain_code, read_script
from ..core.model.formats import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from ..core.model.job import Job, SourceLocation
from ..core.model.options import (
    DIRECTIVE,
    directive_option,
    docs_spelling,
    options_of,
    read_options,
    wrong_options,
)
from ..core.model.settings import is_file_name
from ..core.model.stored import hash_file
from ..errors import AltTextError, AnimvideoError, OptionError, ScriptError
from ..html.player import PlayerOptions
from .captions import caption_messages
from .collection import VideoRequest, add_error, add_request
from .config import option_of, settings_of, value_of
from .files import BLANK_LINE, NamedFiles, is_file
from .log import warn
from .nodes import animvideo, animvideo_source, notice, skipped
from .sweeps import sweep_of

_CONTEXT = "animvideo_context"


class _AnyOption(dict[str, Callable[[str | None], str | None]]):
    """Accepts every option as text, so that we report unknown ones, at the user's line."""

    def __missing__(self, name: str) -> Callable[[str | None], str | None]:
        return _as_written


def _as_written(text: str | None) -> str | None:
    return text


class AnimvideoDirective(SphinxDirective):
    """``.. animvideo:: [file [callable]]`` with the code as its content."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _AnyOption(dict.fromkeys(options_of(DIRECTIVE), _as_written))

    def run(self) -> list[nodes.Node]:
        """Return a figure with a placeholder for the video, and the code if it is to be shown."""
        self._location = SourceLocation(*self._source_and_line())
        insertion = self.state.document.settings.file_insertion_enabled
        self._files = NamedFiles(self.env, bool(insertion))
        try:
            return self._nodes()
        except AnimvideoError as error:
            self.env.note_reread()  # reported again on the next build, and fixed by other files
            for one in wrong_options(DIRECTIVE, self.options, _written) or (error,):
                self._warn(one)
            return [notice(error.explain(directive_option), str(self.env.srcdir))]

    def _warn(self, error: AnimvideoError) -> None:
        error.at(self._location.file, self._location.line)
        # Spelled as it is written, also for those who read the error later.
        spell = directive_option if error.option in self.options else docs_spelling
        error.message, error.hint = error.explain(spell), ""
        warn(error)
        add_error(self.env, error)

    def _nodes(self) -> list[nodes.Node]:
        options = self._written = read_options(DIRECTIVE, self.options, _written)
        shown, job = self._job()
        with_code = self._option("include-source") and not job.file
        result = self._code_block(shown, job) if with_code else []
        if reason := options.get("skip"):
            result.append(skipped("" if reason == "skipped" else reason))
            return result
        jobs, default = sweep_of(job, self._written, self._option("max-sweep"))
        if "context" in self._written:
            self.env.temp_data[_CONTEXT] = jobs[default]
        dark = self._dark(job)
        request = VideoRequest(
            variants=(jobs, tuple(each.in_dark_style(dark) for each in jobs)) if dark else (jobs,),
            player=self._player_options(),
            poster=self._poster_file(),
            captions=self._captions_file(),
            with_source=self._option("show-source-link") and not job.file,
            shown_code="" if shown == job.code else shown,
            source_name=Path(job.script).name if job.script else self._name() + ".py",
            transcript=self._option("transcript"),
            latex=self._option("latex"),
            sweep=self._written.get("sweep"),
            default=default,
            sweep_print=self._option("sweep-print"),
        )
        if job.nofigs:
            add_request(self.env, request)
            return result
        return [*result, self._figure(request)]

    def _dark(self, job: Job) -> Any:
        if job.file and self._written.get("dark"):
            message = "{option} requires code; it cannot be used with an image or video file."
            raise OptionError(message, option="dark")
        return None if job.file or job.nofigs else self._option("dark")

    def _style_files(self) -> tuple[str, ...]:
        """Check the files among the styles; return those that no one else watches."""
        used = ("style", "dark")
        return tuple(
            file
            for name in used
            for file in self._files.styles(name, self._option(name) or (), name in self._written)
        )

    def _option(self, name: str) -> Any:
        return option_of(self.config, self._written, name)

    def _source_and_line(self) -> tuple[str, int]:
        source, line = self.get_source_info()
        source = _full_name(source or self.env.doc2path(self.env.docname))
        return source, self._own_line(source, line or self.lineno)

    def _own_line(self, source: str, line: int) -> int:
        """Return the line at which the directive is written: *line*, or the nearest above it."""
        # MyST counts one line too many for each colon fence that starts with another one.
        linecache.checkcache(source)
        above = linecache.getlines(source)[:line]
        written = f"{self.name}::", f"{{{self.name}}}"
        numbered = reversed(list(enumerate(above, 1)))
        return next((n for n, text in numbered if any(w in text for w in written)), line)

    # -- the job ---------------------------------------------------------------------------

    def _job(self) -> tuple[str, Job]:
        """Return the code as the page shows it, and the job."""
        script, function, file = "", "", ""
        if self.arguments and self.content:
            named = self.arguments[0].splitlines()[0]
            if looks_like_option(named):
                raise ScriptError(
                    f"{named} is not read as an option, because it is indented differently from "
                    "the code. Indent the options and the code by the same number of spaces."
                )
            raise ScriptError(
                f"the directive names a file ({named}) and also "
                f"has content. Remove one of them. {BLANK_LINE} If the content is a caption, write "
                "it as :caption:."
            )
        if self.arguments:
            path, function = self._files.script(self.arguments[0])
            code_location = SourceLocation(path, 1)
            if Path(path).suffix.lower() in (*VIDEO_SUFFIXES, *IMAGE_SUFFIXES):
                file, shown = path, repr(hash_file(Path(path)))
            else:
                script, shown = path, read_script(path)
        elif self.content:
            shown = "\n".join(self.content) + "\n"
            code_location = self._content_location()
        else:
            raise ScriptError(
                "the directive has neither content nor a file argument. Add one of them, and "
                "indent the content relative to the directive."
            )
        named = self._written.get("depends", ())
        job = Job(
            location=self._location,
            code=plain_code(shown) if self.content else shown,
            code_location=code_location,
            folder=str(Path(self.env.doc2path(self.env.docname)).parent),
            source_dir=str(self.env.srcdir),
            settings=settings_of(self.config, self._written),
            timeout=self._option("timeout"),
            script=script,
            function=function,
            file=file,
            nofigs=self._option("nofigs"),
            depends=(*map(self._files.dependency, named), *self._style_files()),
            previous=self._previous_in_context(),
            close_figures=self._written.get("context") == "close-figs",
        )
        return shown, job

    def _previous_in_context(self) -> Job | None:
        if self._written.get("context", "reset") == "reset":
            return None
        previous: Job | None = self.env.temp_data.get(_CONTEXT)
        return previous

    def _content_location(self) -> SourceLocation:
        source, offset = self.content.items[0]
        source = _full_name(source)
        if source != self._location.file:
            return SourceLocation(source, offset + 1)
        counted = self.get_source_info()[1] or self.lineno
        if offset >= counted:
            return SourceLocation(source, self._location.line + offset + 1 - counted)
        # MyST counts the lines of the content from its own beginning.
        return SourceLocation(self._location.file, self._location.line + 1 + self.content_offset)

    # -- the page --------------------------------------------------------------------------

    def _figure(self, request: VideoRequest) -> nodes.Node:
        """Return the figure, and add its request to the environment."""
        index = add_request(self.env, request)
        alt = self._written.get("alt", "")
        if not alt and value_of(self.config, "require-alt"):
            self._warn(
                AltTextError(
                    "the video has no alternative text. Describe what it shows with {option}.",
                    option="alt",
                )
            )
        video = animvideo(docname=self.env.docname, index=index, alt=alt)
        video += caption_messages(request)
        figure = nodes.figure("", video)
        figure["classes"] = ["animvideo", *_classes(self._written.get("figclass", ()))]
        if align := self._written.get("align"):
            figure["align"] = align
        if width := self._written.get("figwidth"):
            figure["width"] = width
        if caption := self._written.get("caption"):
            inline, messages = self.parse_inline(caption, lineno=self.lineno)
            figure += nodes.caption(caption, "", *inline)
            figure += messages
        self.set_source_info(figure)
        for node in figure.findall():
            node.source, node.line = figure.source, figure.line
        self.add_name(figure)
        return figure

    def _name(self) -> str:
        return nodes.make_id(self._written.get("name", "")) or "animation"

    def _player_options(self) -> PlayerOptions:
        return PlayerOptions(
            **{
                name: self._option(name)
                for name in ("controls", "autoplay", "loop", "muted", "playsinline", "preload")
            },
            classes=tuple(_classes(self._written.get("class", ()))),
            width=self._written.get("width", ""),
            height=self._written.get("height", ""),
            scale=self._option("scale"),
            sync=self._written.get("sync", ""),
        )

    def _poster_file(self) -> str:
        poster, written = self._option("poster"), "poster" in self._written
        if not is_file_name(poster):
            return ""
        return self._or_warn(lambda: self._files.poster(poster, written))

    def _captions_file(self) -> str:
        name = self._written.get("captions", "")
        return self._or_warn(lambda: self._files.captions(name)) if name else ""

    def _or_warn(self, find: Callable[[], str]) -> str:
        """Return the file that *find* returns; warn if it cannot be used, and show the rest."""
        try:
            return find()
        except OptionError as error:
            self._warn(error)
            self.env.note_reread()
            return ""

    def _code_block(self, shown: str, job: Job) -> list[nodes.Node]:
        language = "python" if job.code == shown else "pycon"
        block: nodes.Node = nodes.literal_block(shown, shown, language=language)
        self.set_source_info(block)
        if caption := self._written.get("code-caption"):
            block = container_wrapper(self, block, caption)
        if self._option("collapse-source"):
            block = animvideo_source("", block)
        return [block]


def _written(name: str) -> str:
    return f":{name}:"


def _full_name(source: str | os.PathLike[str]) -> str:
    """Return the absolute path of a source file; of a docstring, its description as it is."""
    # docutils names included files relative to the folder in which Sphinx was started.
    return os.path.abspath(source) if is_file(str(source)) else str(source)  # noqa: PTH100


def _classes(names: tuple[str, ...]) -> list[str]:
    return [identifier for name in names if (identifier := nodes.make_id(name))]

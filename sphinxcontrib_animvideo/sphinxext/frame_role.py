"""The role ``:animvideo-frame:``, a link to a frame of a video."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import ReferenceRole

from ..errors import OptionError
from .html import has_script
from .log import warn
from .words import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_SECONDS = r"\d+(?:\.\d+)?"
# As authors write it, wave:40 or wave:1.5s, and as the player copies it, wave:frame=40. The values
# of a sweep come before: wave:damping=0.2:40.
_TARGET = re.compile(
    rf"(?P<name>.+?)(?P<values>(?::\w+=[^:]+)*):(?:(?:frame=)?(?P<frame>[1-9]\d*)|t=(?P<t>{_SECONDS})|(?P<time>{_SECONDS})s)"
)
_TYPE = "animvideo-frame"


class FrameRole(ReferenceRole):
    """``:animvideo-frame:`name:40``` or ``:animvideo-frame:`text <name:1.5s>```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a reference to the figure, which is resolved as those of ``:ref:`` are."""
        found = _TARGET.fullmatch(self.target.strip())
        if not found:
            message = (
                ":animvideo-frame: must be the name of a video with a frame, such as `wave:40`, or "
                f"with a time, such as `wave:1.5s`, not `{self.target}`."
            )
            warn(OptionError(message), self.get_location())
            return [nodes.literal(self.rawtext, self.title)], []
        frame, time = found["frame"], found["time"] or found["t"]
        # Translators: In a sentence, as a link: "see frame 40".
        text = _("frame {frame}").format(frame=frame) if frame else f"{time} s"
        reference = pending_xref(
            self.rawtext,
            nodes.inline("", self.title if self.has_explicit_title else text),
            refdoc=self.env.docname,
            refdomain="",
            reftype=_TYPE,
            reftarget=nodes.fully_normalize_name(found["name"]),
            refexplicit=True,
            refwarn=True,
            position=found["values"] + (f":frame={frame}" if frame else f":t={time}"),
        )
        self.set_source_info(reference)
        return [reference], []


def resolve_frame(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement
) -> nodes.Node | None:
    """Resolve a reference of the role: to the frame where the player can go to it."""
    if node["reftype"] != _TYPE:
        return None
    standard = env.get_domain("std")
    found = standard.resolve_xref(
        env, node["refdoc"], app.builder, "ref", node["reftarget"], node, text
    )
    if isinstance(found, nodes.reference) and has_script(app.builder):
        # An address that the player reads, not the ID of an element.
        uri = found.get("refuri") or "#" + found.attributes.pop("refid")
        found["refuri"] = uri + node["position"]
    return found

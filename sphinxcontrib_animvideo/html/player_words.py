"""The words of the player, for its script."""

from __future__ import annotations

from collections.abc import Callable


def player_words(translate: Callable[[str], str]) -> dict[str, str]:
    """Return the words of the player, by the key that the script uses.

    Parameters
    ----------
    translate
        Returns the translation of an English message.
    """
    _ = translate  # the name by which messages are extracted
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "previousFrame": _("Previous frame"),
        "nextFrame": _("Next frame"),
        # Translators: Label of the slider, for screen readers.
        "frame": _("Frame"),
        "speed": _("Speed"),
        "captions": _("Captions"),
        "fullScreen": _("Full screen"),
        # Translators: Button that opens a menu with more controls.
        "more": _("More"),
        # Translators: Heading of a choice: once, loop, or back and forth.
        "repeat": _("Repeat"),
        # Translators: The video plays once, then stops.
        "once": _("Once"),
        # Translators: The video starts again at its end.
        "loop": _("Loop"),
        # Translators: The video plays forward, then backward, and so on.
        "backAndForth": _("Back and forth"),
        # Translators: The current frame becomes the start of the section that is played.
        "setStart": _("Set start"),
        # Translators: The current frame becomes the end of the section that is played.
        "setEnd": _("Set end"),
        # Translators: Removes the start and the end of the section that is played.
        "clear": _("Clear"),
        "copyLink": _("Copy link to this frame"),
        "linkCopied": _("Link copied"),
        "saveFrame": _("Save frame as PNG"),
        "shortcuts": _("Keyboard shortcuts"),
        # Translators: Button that closes a menu or a dialog.
        "close": _("Close"),
        "notLoaded": _("The video could not be loaded."),
        "notPlayable": _("This browser cannot play the video."),
        "notSaved": _("The frame cannot be saved here. Open the page from a web server."),
        # Translators: Heading of the links to the video files.
        "files": _("Files"),
        # Translators: Position of the slider: the number of the frame, and of all frames.
        "position": _("{frame} of {frames}"),
        # Translators: The number of a frame.
        "frameNumber": _("Frame {frame}"),
        # Translators: Name of a video that has no alternative text, for screen readers.
        "video": _("Video"),
    }

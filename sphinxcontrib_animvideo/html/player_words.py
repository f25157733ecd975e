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
        "back": _("Previous frame"),
        # Translators: The video plays forward, then backward, and so on.
        "backAndForth": _("Back and forth"),
        "cannotLoad": _("The video could not be loaded."),
        "cannotPlay": _("This browser cannot play the video."),
        "cannotSave": _("The frame cannot be saved here. Open the page from a web server."),
        "cannotSeek": _("The server does not support seeking, and the video could not be loaded."),
        "captions": _("Captions"),
        # Translators: Instead of the section that is repeated now.
        "clear": _("Repeat the whole video"),
        # Translators: Button that closes a menu or a dialog.
        "close": _("Close"),
        "copied": _("Link copied"),
        "copy": _("Copy link to this frame"),
        # Translators: In the list of keyboard shortcuts: the keys Home and End.
        "ends": _("First frame, last frame"),
        # Translators: Label of the slider, for screen readers.
        "frame": _("Frame"),
        "fullscreen": _("Full screen"),
        "inAddressBar": _("The link is in the address bar."),
        # Translators: In the list of keyboard shortcuts: the keys 0 to 9.
        "jump": _("Jump to 0%, 10%, … 90%"),
        "keys": _("Keyboard shortcuts"),
        # Translators: The video starts again at its end.
        "loop": _("Loop"),
        # Translators: Button that opens a menu with more controls.
        "more": _("More"),
        # Translators: Turn the sound off.
        "mute": _("Mute"),
        "next": _("Next frame"),
        # Translators: Position of the slider: the number of the frame, and of all frames.
        "of": _("{frame} of {frames}"),
        # Translators: The video plays once, then stops.
        "once": _("Once"),
        "pause": _("Pause"),
        "play": _("Play"),
        # Translators: Heading of a choice: once, loop, or back and forth.
        "repeat": _("Repeat"),
        # Translators: The current frame becomes the start of the section that is repeated.
        "repeatFrom": _("Repeat from here"),
        # Translators: The current frame becomes the end of the section that is repeated.
        "repeatTo": _("Repeat up to here"),
        "save": _("Save frame as PNG"),
        # Translators: In the list of keyboard shortcuts.
        "slower": _("Slower, faster"),
        "speed": _("Speed"),
        # Translators: Name of a video that has no alternative text, for screen readers.
        "video": _("Video {number}"),
    }

"""Errors as data."""

import json
import pickle

import pytest

from sphinxcontrib_animvideo import errors
from sphinxcontrib_animvideo.core.rendering import messages
from sphinxcontrib_animvideo.errors import AnimvideoError

ALL = [AnimvideoError, *AnimvideoError.__subclasses__()]


def an_error(cls):
    return cls(
        "{option} went wrong.",
        option="max-frames",
        hint="Increase {option}.",
        file="page.rst",
        line=3,
        detail="Traceback …",
    )


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize(
    "send",
    [
        lambda error: pickle.loads(pickle.dumps(error)),
        lambda error: AnimvideoError.from_json(json.loads(json.dumps(error.to_json()))),
        lambda error: messages.decode(messages.encode(messages.StepFailed(error))).error,
    ],
)
def test_an_error_arrives_as_it_was_sent(cls, send):
    error = an_error(cls)
    received = send(error)
    assert type(received) is cls
    assert vars(received) == vars(error)
    assert str(received) == "max_frames= went wrong. Increase max_frames=."


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "none"), ("message", 3), ("detail", None), ("file", 3), ("line", "3"), ("hint", [])],
)
def test_damaged_data_is_not_an_error(name, value):
    with pytest.raises(ValueError, match="not an error of this package"):
        AnimvideoError.from_json(an_error(errors.LimitError).to_json() | {name: value})


@pytest.mark.parametrize(
    ("cls", "built_in"),
    [
        (errors.OptionError, ValueError),
        (errors.FrameError, ValueError),
        (errors.VideoFileError, ValueError),
        (errors.OutputError, OSError),
        (errors.CacheError, OSError),
        (errors.RenderTimeoutError, TimeoutError),
        (errors.OutOfMemoryError, MemoryError),
    ],
)
def test_errors_are_what_python_users_catch(cls, built_in):
    with pytest.raises(built_in, match="went wrong"):
        raise an_error(cls)


def test_kinds_are_unique_and_documented():
    assert len({cls.kind for cls in ALL}) == len(ALL)
    assert all(cls.__doc__ for cls in ALL)

"""The lock file, and how the videos of a build compare with it."""

FILE_NAME = "animvideo.lock"

"""From frames to verified files: ffmpeg, posters, captions, and reading videos back."""

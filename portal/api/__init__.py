"""The library for programs: read-only, anonymous, the public view whoever asks."""

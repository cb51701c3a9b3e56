"""The library's search behind a small facade; the only package that knows an engine."""

"""The pictures of the curators' manual, taken from a portal that is started for them: `make manual`."""

"""Haystack's Whoosh engine with our own analysis."""

from haystack.backends.whoosh_backend import WhooshEngine


class CaseSearchEngine(WhooshEngine):
    pass

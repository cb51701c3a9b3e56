"""From an article to proposals of cases: rules, the library's own names and the gazetteer; nothing is guessed."""

from cases.articles.knowledge import Body, Knowledge
from cases.articles.reading import read

__all__ = ["Body", "Knowledge", "read"]

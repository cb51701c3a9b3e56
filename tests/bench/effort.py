"""How often each thing is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Queries are counted for each kind; stock, being slower, is asked fewer."""

    queries: int = 40
    stock_queries: int = 12
    pages: int = 100
    others: int = 20
    recalled_cases: int = 60
    scripts: int = 300
    publications: int = 120
    stock_publications: int = 10
    reading: float = 20.0  # seconds for which readers are alone


QUICK = Effort(
    queries=6,
    stock_queries=3,
    pages=10,
    others=3,
    recalled_cases=8,
    scripts=30,
    publications=12,
    stock_publications=2,
    reading=3.0,
)

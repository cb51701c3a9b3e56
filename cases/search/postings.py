"""How postings are kept in Whoosh's segments: whole lists of numbers, written and read at the speed of C.

Whoosh's own codec pickles blocks of 128 postings, and its pool sorts one tuple for each; with some 2,000 tokens a case
that is most of the time of a rebuild, and of a query for a frequent word. Segments, term index, columns, deletions,
merging and commits stay Whoosh's.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.filedb.filestore import Storage
from whoosh.matching import ListMatcher

# Impacts are kept as 16-bit numbers; the weights of all fields together stay below 65535 / SCALE.
SCALE = 1000
POSTING_SIZE = array("I").itemsize + array("H").itemsize
# In memory a posting takes two numbers, with some room to grow, and a token its text, list and place in a dictionary.
GATHERED_SIZE = 10
TOKEN_SIZE = 300
RUN_BATCH = 1000


class Postings(NamedTuple):
    """The documents of one token, ascending, and the token's scaled impact in each."""

    documents: array[int]
    impacts: array[int]


class Damaged(Exception):
    """What is on disk is not what was written."""


class CaseCodec(W3Codec):
    length_stats = False

    def field_writer(self, storage: Storage, segment: Any) -> FieldWriter:
        return FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> ListWriter:
        return ListWriter(dbfile)

    def postings_reader(self, dbfile: Any, terminfo: W3TermInfo, format_: Any, term: Any = None, scorer: Any = None):
        """Give Whoosh's own queries a matcher; `read_postings` is what search uses."""
        documents, impacts = read_postings(dbfile, terminfo)
        weights = [impact / SCALE for impact in impacts]
        return ListMatcher(documents, weights, format=format_, scorer=scorer, term=term, terminfo=terminfo)


def read_postings(dbfile: Any, terminfo: W3TermInfo) -> Postings:
    """Read one token's list from an open postings file."""
    count = terminfo.doc_frequency()
    offset, _ = terminfo.extent()
    data = dbfile.get(offset, count * POSTING_SIZE)
    if len(data) != count * POSTING_SIZE:
        raise Damaged(f"postings at {offset}: {len(data)} bytes for {count} documents")
    split = count * array("I").itemsize
    return Postings(array("I", data[:split]), array("H", data[split:]))


class ListWriter(PostingsWriter):
    """Writes one token's postings: all documents, then all impacts."""

    def __init__(self, dbfile: Any) -> None:
        self.dbfile = dbfile

    def start_postings(self, format_: Any, terminfo: W3TermInfo) -> None:
        self.terminfo = terminfo
        self.gathered = array("I")

    def extend(self, gathered: array[int]) -> None:
        """Add postings as the pool has them."""
        self.gathered.extend(gathered)

    def finish_postings(self) -> W3TermInfo:
        documents, impacts = self.gathered[::2], array("H", self.gathered[1::2])
        self.terminfo.set_extent(self.dbfile.tell(), len(documents) * POSTING_SIZE)
        self.terminfo._df = len(documents)
        self.terminfo._weight = sum(impacts) / SCALE
        self.terminfo._maxweight = max(impacts) / SCALE
        self.terminfo._minid, self.terminfo._maxid = documents[0], documents[-1]
        self.dbfile.write(documents.tobytes() + impacts.tobytes())
        return self.terminfo


# A field, a token of it, and document, impact, document, impact…
Group = tuple[str, str, "array[int]"]


class FieldWriter(W3FieldWriter):
    """Takes whole lists from the pool, where Whoosh's takes posting by posting."""

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Group]) -> None:
        for field, groups in groupby(items, key=itemgetter(0)):
            self.start_field(field, schema[field])
            for token, parts in groupby(groups, key=itemgetter(1)):
                self.start_term(token.encode())
                for _, _, gathered in parts:
                    self._postwriter.extend(gathered)
                self.finish_term()
            self.finish_field()


class Pool:
    """Gathers postings by field and token, and puts them by on disk, sorted, when they take up too much memory."""

    def __init__(self, storage: Storage, limit: int) -> None:
        self.storage = storage
        self.limit = limit
        self.size = 0
        self.gathered: dict[str, dict[str, array[int]]] = {}
        self.runs: list[str] = []

    def add(self, field: str, document: int, impacts: Mapping[str, float]) -> None:
        """Add one document, which comes after all others, with its tokens."""
        gathered = self.gathered.setdefault(field, {})
        tokens = len(gathered)
        for token, impact in impacts.items():
            if token in gathered:
                known = gathered[token]
                known.append(document)
                known.append(int(impact * SCALE))
            else:
                gathered[token] = array("I", (document, int(impact * SCALE)))
        self._grow(len(gathered) - tokens, len(impacts))

    def extend(self, field: str, token: str, postings: list[tuple[int, int]]) -> None:
        """Add the documents of a token, which come after all those it has, each with its scaled impact."""
        gathered = self.gathered.setdefault(field, {}).setdefault(token, array("I"))
        for posting in postings:
            gathered.extend(posting)
        self._grow(1, len(postings))

    def _grow(self, tokens: int, postings: int) -> None:
        self.size += tokens * TOKEN_SIZE + postings * GATHERED_SIZE
        if self.size > self.limit:
            self._put_by()

    def _put_by(self) -> None:
        name = f"{len(self.runs)}.run"
        with self.storage.create_file(name) as run:
            batch = []
            for group in self._sorted():
                batch.append(group)
                if len(batch) == RUN_BATCH:
                    run.write_pickle(batch)
                    batch = []
            run.write_pickle(batch)
        self.runs.append(name)
        self.gathered, self.size = {}, 0

    def _sorted(self) -> Iterator[Group]:
        for field in sorted(self.gathered):
            tokens = self.gathered[field]
            for token in sorted(tokens):
                yield field, token, tokens[token]

    def _read(self, name: str) -> Iterator[Group]:
        with self.storage.open_file(name) as run:
            while len(batch := pickle.load(run.raw_file())) == RUN_BATCH:  # noqa: S301 (our own, of a moment ago)
                yield from batch
            yield from batch

    def iter_postings(self) -> Iterator[Group]:
        """Yield everything by field and token; a token's parts follow each other in the order of the documents."""
        return merge(*map(self._read, self.runs), self._sorted(), key=itemgetter(0, 1))

    def cleanup(self) -> None:
        for name in self.runs:
            self.storage.delete_file(name)
        self.runs = []

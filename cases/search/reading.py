"""An index open for reading: the postings of a token, the folded text of a document, which case it is."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh.index import _DEF_INDEX_NAME as NAME
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from cases.search.generations import verify
from cases.search.names import NameTable
from cases.search.postings import Damaged, Postings, read_postings
from cases.search.segments import SCHEMA, storage

NOTHING = Postings(array("I"), array("H"))


class Segment:
    """One file of the index, which never changes once it is written."""

    def __init__(self, path: Path, segment: Any) -> None:
        self.file = path / segment.make_filename(segment.COMPOUND_EXT)
        self.stamp = _stamp(self.file)
        self.reader = SegmentReader(storage(path), SCHEMA, segment)
        self.descriptor = self.reader.storage().a._file.fileno()
        self.size: int = segment.doc_count_all()
        self.cases = self._numbers("pk")
        self.newness = self._numbers("newness")

    def is_unchanged(self) -> bool:
        return self.stamp == _stamp(self.file)

    @cached_property
    def digests(self) -> array[int]:
        return self._numbers("digest")

    def folded(self, number: int) -> bytes:
        """Return the folded text of a document."""
        return self._read(self._texts, number)

    @cached_property
    def names(self) -> NameTable:
        """What suggestions are made of, put together when first needed."""
        column = self._bytes_column("names")
        return NameTable(self._read(column, number) for number in range(self.size))

    @cached_property
    def _texts(self) -> tuple[Any, int]:
        return self._bytes_column("folded")

    def _bytes_column(self, name: str) -> tuple[Any, int]:
        column = self._column(name)
        return column, column._dbfile.raw_file()._offset + column._basepos

    def _read(self, place: tuple[Any, int], number: int) -> bytes:
        """Read without moving the file's position, which readers share."""
        column, start = place
        return os.pread(self.descriptor, column._lengths[number], start + column._offsets[number])

    def postings(self, token: bytes, field: str) -> Postings:
        terms = self.reader._terms
        try:
            return read_postings(terms._postfile, terms.term_info(field, token))
        except TermNotFound:
            return NOTHING

    def frequency(self, token: bytes, field: str) -> int:
        """In how many documents the token is, deleted ones included."""
        try:
            return self.reader._terms.doc_frequency(field, token)
        except KeyError:
            return 0

    def close(self) -> None:
        self.reader.close()

    def _numbers(self, name: str) -> array[int]:
        column = self._column(name)
        return column._dbfile.get_array(column._basepos, "q", self.size)

    def _column(self, name: str) -> Any:
        return self.reader.column_reader(name, SCHEMA[name].column_type, translate=False)


def _stamp(file: Path) -> tuple[int, int, int]:
    status = os.stat(file)
    return status.st_ino, status.st_size, status.st_mtime_ns


class OpenIndex:
    """All segments as of one commit. Documents are numbered through, each segment from its own base.

    Readers share the positions of its files: hold `lock`, and open it anew after a fork.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = RLock()
        self.toc = -1
        self.segments: list[Segment] = []
        self.bases: list[int] = []
        self.deleted: set[int] = set()
        self.cases = self.newness = array("q")

    def refresh(self) -> None:
        """Go over to the latest commit, after comparing with their checksums the files that are new or have changed.

        Raises `Damaged`, or FileNotFoundError when a writer removed a file meanwhile: then there is a later commit.
        """
        latest = TOC._latest_generation(storage(self.path), NAME)
        if latest < 0:
            raise Damaged("no table of contents")
        unchanged = {segment.file: segment for segment in self.segments if segment.is_unchanged()}
        if latest == self.toc and len(unchanged) == len(self.segments):
            return
        verify(self.path, [TOC._filename(NAME, latest)])
        listed = TOC.read(storage(self.path), NAME, gen=latest, schema=SCHEMA).segments
        files = [self.path / segment.make_filename(segment.COMPOUND_EXT) for segment in listed]
        verify(self.path, [file.name for file in files if file not in unchanged])
        pairs = zip(files, listed, strict=True)
        segments = [unchanged.get(file) or Segment(self.path, segment) for file, segment in pairs]
        for segment in self.segments:
            if segment not in segments:
                segment.close()
        self.toc, self.segments = latest, segments
        self.bases = list(accumulate((segment.size for segment in segments), initial=0))[:-1]
        deleted = zip(self.bases, (segment.deleted_docs() for segment in listed), strict=True)
        self.deleted = {base + number for base, numbers in deleted for number in numbers}
        self.cases = array("q", chain.from_iterable(segment.cases for segment in segments))
        self.newness = array("q", chain.from_iterable(segment.newness for segment in segments))

    def close(self) -> None:
        for segment in self.segments:
            segment.close()
        self.segments, self.toc = [], -1

    @property
    def size(self) -> int:
        """How many documents there are, without the deleted ones."""
        return sum(segment.size for segment in self.segments) - len(self.deleted)

    def digests(self) -> dict[int, int]:
        """What every case in the index looked like when it was indexed."""
        numbered = enumerate(chain.from_iterable(segment.digests for segment in self.segments))
        return {self.cases[number]: digest for number, digest in numbered if number not in self.deleted}

    def folded(self, document: int) -> bytes:
        place = bisect_right(self.bases, document) - 1
        return self.segments[place].folded(document - self.bases[place])

    def frequency(self, token: str, field: str = "text") -> int:
        return sum(segment.frequency(token.encode(), field) for segment in self.segments)

    def postings(self, token: str, field: str = "text") -> Postings:
        """Return the documents of a token in all segments, deleted ones included."""
        documents, impacts = array("I"), array("H")
        for segment, base in zip(self.segments, self.bases, strict=True):
            postings = segment.postings(token.encode(), field)
            if len(self.segments) == 1:
                return postings
            documents.extend([base + number for number in postings.documents] if base else postings.documents)
            impacts.extend(postings.impacts)
        return Postings(documents, impacts)

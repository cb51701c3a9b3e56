"""Writing cases into a Whoosh index: its schema, and a writer that takes whole documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from cases.search.documents import Document
from cases.search.postings import CaseCodec, Pool, read_postings

# What the writer's postings may take up in memory before they are put by on disk, in bytes.
MEMORY = 64 * 1024 * 1024


class Tokens(FieldType):
    """A field whose postings the writer makes itself."""

    indexed = True
    stored = False
    scorable = False
    unique = False

    def __init__(self) -> None:
        self.format = Existence()


SCHEMA = Schema(
    key=ID(),
    text=Tokens(),
    title=Tokens(),
    organisations=Tokens(),
    district=Tokens(),
    awards=Tokens(),
    exact=Tokens(),
    pk=COLUMN(NumericColumn("q")),
    newness=COLUMN(NumericColumn("q")),
    digest=COLUMN(NumericColumn("q")),
    folded=COLUMN(VarBytesColumn()),
    names=COLUMN(VarBytesColumn()),
)
COLUMNS = ("pk", "newness", "digest", "folded", "names")


def storage(path: Path) -> FileStorage:
    """Open a folder without mapping its files into memory: a file cut short would end the process."""
    return FileStorage(str(path), supports_mmap=False)


def create(path: Path) -> None:
    """Make an empty index in an existing folder."""
    FileIndex.create(storage(path), SCHEMA)


class CaseWriter(SegmentWriter):
    """One transaction on an index: nothing is seen before `commit`, and nothing of it after `cancel`."""

    def __init__(self, path: Path) -> None:
        super().__init__(FileIndex(storage(path), schema=SCHEMA), timeout=10, codec=CaseCodec())
        self.pool = Pool(self._tempstorage, MEMORY)

    def remove(self, keys: Iterable[int]) -> None:
        """Take out the cases that were in the index when the writer was opened."""
        if self.segments:
            with self.searcher() as searcher:
                for key in keys:
                    for number in list(searcher.document_numbers(key=str(key))):
                        self.delete_document(number)

    def add(self, document: Document) -> None:
        number, columns = self.docnum, self.perdocwriter
        columns.start_doc(number)
        for name in COLUMNS:
            columns.add_column_value(name, SCHEMA[name].column_type, getattr(document, name))
        columns.finish_doc()
        self.pool.add("key", number, {str(document.pk): 1})
        self.pool.add("text", number, document.impacts)
        for field, tokens in document.tokens.items():
            self.pool.add(field, number, dict.fromkeys(tokens, 1))
        self._added = True
        self.docnum += 1

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Take over the lists of a segment that is merged into this one."""
        terms = reader._terms
        numbers = docmap
        if numbers is None:
            numbers = {number: startdoc + number for number in range(reader.doc_count_all())}
        for field, token in terms.terms():
            postings = read_postings(terms._postfile, terms.term_info(field, token))
            kept = [(numbers[old], impact) for old, impact in zip(*postings, strict=True) if old in numbers]
            if kept:
                self.pool.extend(field, token.decode(), kept)


def write(path: Path, documents: Iterable[Document], removed: Collection[int] = ()) -> int:
    """Take `removed` out of the index, add `documents`, and commit; return how many were added.

    A case that is in the index and among the documents must be among the removed.
    """
    writer = CaseWriter(path)
    try:
        writer.remove(removed)
        for document in documents:
            writer.add(document)
        added = writer.docnum
        writer.commit()
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    return added

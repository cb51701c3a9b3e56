"""Many records in one step: imports, bulk edits and replacements, each shown before it is done and undone as one.

- `records` says for each kind of record what its state is, as plain values, and how a state is stored: the one way in
  which every step writes. `names` finds what a word in a file refers to.
- `carrying` carries a plan out in one transaction, `undoing` puts back what was before.
- An import: `tables` reads a file within limits, `cells` its cells, `case_rows`, `organisation_rows` and `list_rows`
  make plans of its rows, `preparing` writes the preview, `queue` has it done in the background, `template` writes the
  file to fill in.
- `editing` and `replacing` make plans of what is chosen in the admin.

django-import-export is not used: its dry run writes every row and rolls back, which on SQLite keeps all others from
writing for as long as the preview takes; it asks the database for every row; and it opens files without limits.
"""

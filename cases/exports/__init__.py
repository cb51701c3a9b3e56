"""Files to take away: one description of what each kind of row gives, and a thin writer for each format.

- `description` has the words: Column, Subject, Export. `asked` is how an address asks for one, `choices` what can be
  chosen before.
- What rows give, and how they are chosen: `case`, `award`, `award_list`, `organisation`, `compare`, `statistics`,
  `shortlist`, and `desk` for the admin. `kinds` lists what can be taken away, `plan` tells what it will be.
- Writers: `xlsx`, `csv`, `json`, and `docx` and `pdf` by way of `document`, which makes chapters or tables of it.
  `forms` lists the formats.
- What is too much to wait for goes through `queue`, `writing`, `keeping` and `worker`.
"""

"""Files to take away: one description of what each kind of row gives, and a thin writer for each format.

`description` has the words (Column, Subject, Export); `case`, `award` and `statistics` describe rows and how an address
chooses them (`asked`); `kinds` and `forms` list what can be taken away and in which formats.
"""

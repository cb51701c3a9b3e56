"""The order and the notes of a shortlist as they are shown, as a reader changed them, and as they are then stored."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict

from cases.exports.description import cleaned
from cases.models import Case, Shortlist, ShortlistItem
from cases.models.shortlist import LONGEST_NAME, LONGEST_NOTE

INVISIBLE = {"Cc", "Cf", "Cs"}


class NameForm(forms.Form):
    name = forms.CharField(
        label="清单名称",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "请填写清单名称",
            "max_length": "清单名称最多 %(limit_value)d 个字，现有 %(show_value)d 个，请缩短",
            "null_characters_not_allowed": "清单名称里有不能显示的字符，请重新输入",
        },
    )

    def clean_name(self) -> str:
        visible = (sign for sign in self.cleaned_data["name"] if unicodedata.category(sign) not in INVISIBLE)
        name = " ".join("".join(visible).split())
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name


@dataclass
class Line:
    """One case of the list; `was` stands for the note that the reader was shown."""

    item: ShortlistItem
    case: Case
    note: str
    was: str
    fault: str = ""


def lines_of(shortlist: Shortlist, user: Any) -> tuple[list[Line], int]:
    """Return what the reader may see of a list, in its order, and the number of its cases that are public no more."""
    items = list(shortlist.items.all())
    cases = Case.objects.visible_to(user).for_list().in_brief().in_bulk([item.case_id for item in items])
    shown = [Line(item, cases[item.case_id], item.note, mark(item.note)) for item in items if item.case_id in cases]
    return shown, len(items) - len(shown)


class ShortlistEdit:
    """Reads `item` (primary keys in the order wanted), and `note-N` and `was-N` of each.

    A note that is too long, or that another window changed meanwhile, is refused; then nothing is stored, and the
    lines hold what was typed.
    """

    def __init__(self, shortlist: Shortlist, user: Any, data: QueryDict | None = None) -> None:
        self.shortlist = shortlist
        self.data = data
        self.stored, self.withdrawn = lines_of(shortlist, user)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines as they are to be shown, in the order wanted."""
        if self.data is None:
            return self.stored
        known = {str(line.item.pk): line for line in self.stored}
        named = [known[key] for key in dict.fromkeys(self.data.getlist("item")) if key in known]
        moving = {line.item.pk for line in named}
        following = iter(named)
        lines = [next(following) if line.item.pk in moving else line for line in self.stored]
        for line in named:
            self._read(line, self.data)
        return lines

    def _read(self, line: Line, data: QueryDict) -> None:
        """Take what was typed into a line; a note that was left as it was shown is not typed."""
        shown, typed = data.get(f"was-{line.item.pk}", ""), tidied(data.get(f"note-{line.item.pk}", ""))
        if f"note-{line.item.pk}" not in data or mark(typed) == shown or typed == line.item.note:
            return
        line.note = typed
        if len(typed) > LONGEST_NOTE:
            line.fault = f"备注最多 {LONGEST_NOTE} 个字，现有 {len(typed)} 个，请缩短"
        elif shown != mark(line.item.note):
            stored = line.item.note or "（空）"
            line.fault = f"这条备注已在另一个窗口改成：“{stored}”。上面是您刚才写的，请核对后再保存一次"

    @property
    def faults(self) -> list[str]:
        return [line.fault for line in self.lines if line.fault]

    @cached_property
    def lost(self) -> list[str]:
        """Notes typed for cases that another window took off the list."""
        data = self.data or QueryDict()
        known = {str(line.item.pk) for line in self.stored}
        gone = [key for key in dict.fromkeys(data.getlist("item")) if key not in known]
        notes = [(tidied(data.get(f"note-{key}", "")), data.get(f"was-{key}", "")) for key in gone]
        return [note for note, was in notes if note and mark(note) != was]

    def moved(self, key: str, step: int) -> None:
        """Move the line of this primary key one place up (-1) or down (1)."""
        place = next((place for place, line in enumerate(self.lines) if str(line.item.pk) == key), None)
        if place is not None and 0 <= place + step < len(self.lines):
            self.lines[place], self.lines[place + step] = self.lines[place + step], self.lines[place]

    def save(self) -> bool:
        """Store order and notes if nothing is wrong with any of them; say whether."""
        if self.faults:
            return False
        with transaction.atomic():
            self.shortlist.arrange([line.item.pk for line in self.lines])
            for line in self._typed():
                ShortlistItem.objects.filter(pk=line.item.pk, note=line.item.note).update(note=line.note)
        return True

    def _typed(self) -> Iterator[Line]:
        return (line for line in self.lines if line.note != line.item.note)


def tidied(note: str) -> str:
    """Return a note without what no file and no database can hold, and with the line ends of Unix."""
    return cleaned(note.replace("\r\n", "\n").replace("\r", "\n")).strip()


def mark(note: str) -> str:
    """Return a few characters that stand for a note: the note twice in a form would make it too large."""
    return hashlib.sha256(note.encode()).hexdigest()[:16]

"""Two records beside each other, to be made one; and what was merged, to be parted again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from cases.differences import Piece, pieces
from cases.duplicates import fields, merging, parting
from cases.duplicates.carrying import hanging_on
from cases.duplicates.finding import bodies_alike, told_of
from cases.duplicates.likeness import compare
from cases.models import AwardEntry, Case, Merge, Organisation, PossibleDuplicate
from cases.models.merge import CASE, KINDS, may_merge_at_all, merge_address
from cases.models.rich_text import RichTextField
from cases.people import name_of
from cases.remits import remit_of
from cases.rich_text import plain_text
from districts.admin import OnlyToRead

# Larger keys no database holds.
BIGGEST = 2**63 - 1
LABELS = {fields.KEPT: "保留的", fields.GONE: "被合并的", fields.BOTH: "两段都要"}


@dataclass
class Field:
    """One field of both records, and whose words are to stay."""

    name: str
    label: str
    kept: list[Piece]
    gone: list[Piece]
    differs: bool
    choice: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""


def words_of(record: Any, name: str, user: Any) -> str:
    """A field as a person reads it; of a case elsewhere that this curator may not see, only that there is one."""
    model_field: Any = record._meta.get_field(name)
    if model_field.many_to_many:
        return "、".join(str(one) for one in getattr(record, name).all())
    value = getattr(record, name)
    if value in (None, ""):
        return ""
    if model_field.is_relation:
        rows = model_field.related_model.objects
        is_held = hasattr(rows.all(), "curated_by")
        if is_held and not rows.visible_to(user, preview=True).filter(pk=value.pk).exists():
            return "（您不能查看）"
        return str(value)
    if model_field.choices:
        return str(getattr(record, f"get_{name}_display")())
    return plain_text(value) if isinstance(model_field, RichTextField) else str(value)


def fields_of(kept: Any, gone: Any, user: Any, chosen: dict[str, str]) -> list[Field]:
    proposed = fields.proposed(kept, gone) | chosen
    found = []
    for name in fields.FIELDS[type(kept)]:
        texts = [words_of(one, name, user) for one in (kept, gone)]
        differs = fields.value_of(kept, name) != fields.value_of(gone, name)
        compared = pieces(texts[1], texts[0]) if differs else [Piece("same", texts[0])] if texts[0] else []
        one = Field(
            name,
            str(kept._meta.get_field(name).verbose_name),
            [piece for piece in compared if piece.kind != "removed"],
            [piece for piece in compared if piece.kind != "added"],
            differs,
        )
        if name in fields.SETTLED:
            one.note = "两边的曾用名都保留，被合并的名称和简称也记为曾用名"
        elif differs:
            one.choice = proposed[name]
            offered = [fields.KEPT, fields.GONE, *([fields.BOTH] if name in fields.JOINABLE else [])]
            one.choices = [
                (choice, "都要" if choice == fields.BOTH and name == "themes" else LABELS[choice])
                for choice in offered
                if choice != fields.BOTH or all(texts)
            ]
        found.append(one)
    return found


@admin.register(Merge)
class MergeAdmin(OnlyToRead):
    class Media:
        css: ClassVar[Any] = {"all": ["css/desk.css", "css/history.css", "css/merging.css"]}

    list_display = ["what", "kind_name", "who", "at", "standing"]
    list_display_links = ["what"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["gone_key", "gone_title", "kept_key", "kept_title"]
    search_help_text = "按编号或名称查找"
    change_list_template = "admin/cases/merge/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        rows = Merge.objects.curated_by(request.user)
        match = getattr(request, "resolver_match", None)
        is_list = match and match.url_name.endswith("changelist")
        return rows.defer("data", "links", "changes", "kept_state") if is_list else rows

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<slug:noun>/<int:one>/<int:other>/", wrap(self.two_view), name="cases_merge_two"),
            path("<path:object_id>/undo/", wrap(self.undo_view), name="cases_merge_undo"),
            *super().get_urls(),
        ]

    # Rights

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_merge_at_all(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Merge | None = None) -> bool:
        is_theirs = obj is None or Merge.objects.curated_by(request.user).filter(pk=obj.pk).exists()
        return may_merge_at_all(request.user) and is_theirs

    # Two beside each other

    def two_view(self, request: HttpRequest, noun: str, one: int, other: int) -> HttpResponse:
        """The first of the two in the address is the one that is to stay."""
        if not may_merge_at_all(request.user):
            raise PermissionDenied
        kept, gone = self._two(request, noun, one, other)
        if (stays := merging.must_stay(kept, gone)) == gone:
            return HttpResponseRedirect(merge_address(kept._meta.label_lower, gone.pk, kept.pk))
        faults: list[str] = []
        chosen = self._chosen(request)
        if request.method == "POST":
            if "different" in request.POST:
                return self._tell_apart(request, kept, gone)
            try:
                return self._merge(request, kept, gone, chosen)
            except ValidationError as error:
                faults = error.messages
                kept, gone = self._two(request, noun, one, other)
        return self._show(request, kept, gone, chosen, faults, is_bound=stays is not None)

    def _two(self, request: HttpRequest, noun: str, one: int, other: int) -> tuple[Any, Any]:
        if f"cases.{noun}" not in KINDS or one == other or max(one, other) > BIGGEST:
            raise Http404
        model: Any = apps.get_model("cases", noun)
        seen = model.objects.visible_to(request.user, preview=True).select_related("district")
        rows = seen.in_bulk([one, other])
        own = model.objects.editable_by(request.user).filter(pk__in=rows)
        if len(rows) != 2 or not own.exists():
            raise Http404
        return rows[one], rows[other]

    def _chosen(self, request: HttpRequest) -> dict[str, str]:
        names = {*fields.CASE_FIELDS, *fields.ORGANISATION_FIELDS} - fields.SETTLED
        given = {name: str(request.POST.get(f"field-{name}", "")) for name in names}
        return {name: value for name, value in given.items() if fields.is_allowed(name, value)}

    def _tell_apart(self, request: HttpRequest, kept: Any, gone: Any) -> HttpResponse:
        label = kept._meta.label_lower
        PossibleDuplicate.objects.decide(label, kept.pk, gone.pk, is_different=True, by=request.user)
        self.message_user(request, f"已记下：{kept}和{gone}不是同一个，以后不再提示。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_possibleduplicate_changelist"))

    def _merge(self, request: HttpRequest, kept: Any, gone: Any, chosen: dict[str, str]) -> HttpResponse:
        sent = [request.POST.get(name, "") for name in ("kept_version", "gone_version")]
        versions = tuple(int(one) if re.fullmatch("[0-9]{1,9}", one) else 0 for one in sent)
        names = fields.proposed(kept, gone)
        picked = {name: value for name, value in chosen.items() if name in names}
        made = merging.merge(kept, gone, by=request.user, choices=picked, versions=(versions[0], versions[1]))
        self.message_user(request, f"{gone}已并入{made.kept_title}，原来的网址自动转到保留的这一个。", messages.SUCCESS)
        return HttpResponseRedirect(made.get_admin_url())

    def _show(
        self, request: HttpRequest, kept: Any, gone: Any, chosen: dict[str, str], faults: list[str], *, is_bound: bool
    ) -> HttpResponse:
        refusal = merging.refusal(request.user, kept, gone)
        # What hangs on a record of others is told to nobody who could not carry it over.
        told = [] if refusal else [one.counted(request.user) for one in hanging_on(gone, kept)]
        carried = [one for one in told if one.moved or one.clashed]
        label = kept._meta.label_lower
        names = fields.proposed(kept, gone)
        both = fields_of(kept, gone, request.user, {k: v for k, v in chosen.items() if k in names})
        context = {
            **self.admin_site.each_context(request),
            "title": f"合并{kept._meta.verbose_name}",
            "opts": self.opts,
            "media": self.media,
            "noun": kept._meta.verbose_name,
            "kept": kept,
            "gone": gone,
            "kept_address": _admin_address(kept),
            "gone_address": _admin_address(gone),
            "why": why_alike(kept, gone),
            "different": [one for one in both if one.differs],
            "alike": [one for one in both if not one.differs and one.kept],
            "carried": [one.told for one in carried if not one.stays],
            "staying": [one.told for one in carried if one.stays],
            "swapped": "" if is_bound else merge_address(label, gone.pk, kept.pk),
            "refusal": refusal,
            "is_different": kept.pk in PossibleDuplicate.objects.told_apart(label, gone.pk),
            "same_lists": _same_lists(kept, gone),
            "faults": faults,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cases/merge/two.html", context)

    # What was merged

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not may_merge_at_all(request.user):
            raise PermissionDenied
        merge = self.get_object(request, object_id)
        if merge is None:
            raise Http404
        # Counts are of what whoever merged may see.
        sees_counts = merge.by_id == request.user.pk or remit_of(request.user).is_everywhere
        model: Any = apps.get_model(merge.kind)
        kept = model.objects.visible_to(request.user, preview=True).filter(pk=merge.kept_id).first()
        context = {
            **self.admin_site.each_context(request),
            "title": f"合并记录：{merge.gone_title}",
            "opts": self.opts,
            "media": self.media,
            "merge": merge,
            "kept_address": _admin_address(kept) if kept else "",
            "carried": merge.told if sees_counts else [],
            "said": _said(merge, model),
            "remarks": _remarks(merge),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cases/merge/merge.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        merge = self.get_object(request, object_id)
        if merge is None:
            raise PermissionDenied
        try:
            parting.part(merge, by=request.user)
        except ValidationError as error:
            self.message_user(request, f"没有撤销：{'；'.join(error.messages)}", messages.ERROR)
            return HttpResponseRedirect(merge.get_admin_url())
        told = f"合并已撤销：{merge.gone_title}和{merge.kept_title}都回到了合并以前的样子。"
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(merge.get_admin_url())

    # Columns

    @admin.display(description="并入")
    def what(self, merge: Merge) -> str:
        names = [(merge.gone_key, merge.gone_title), (merge.kept_key, merge.kept_title)]
        if merge.kind == CASE:
            return " → ".join(f"{key} {title}" for key, title in names)
        return " → ".join(title for _, title in names)

    @admin.display(description="种类")
    def kind_name(self, merge: Merge) -> str:
        return merge.kind_name

    @admin.display(description="经办人")
    def who(self, merge: Merge) -> str:
        return name_of(merge.by) if merge.by else merge.by_name

    @admin.display(description="状态")
    def standing(self, merge: Merge) -> str:
        return f"已撤销（{merge.undone_by_name}）" if merge.undone_at else "已合并"


def why_alike(kept: Any, gone: Any) -> str:
    if isinstance(kept, Case):
        return compare(told_of(kept), told_of(gone)).why
    names = [kept.name, kept.short_name, *kept.earlier_names]
    alike = bodies_alike(filter(None, names), "", Organisation.objects.filter(pk=gone.pk))
    return alike[gone.pk].why if gone.pk in alike else ""


def _admin_address(record: Any) -> str:
    return reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])


def _same_lists(kept: Any, gone: Any) -> list[str]:
    """Lists, open to readers, on which both stand: two entries that will name one case."""
    if not isinstance(kept, Case):
        return []
    entries = AwardEntry.objects.visible_to(None)
    lists = [set(entries.filter(case=one).values_list("award_list__title", flat=True)) for one in (kept, gone)]
    return sorted(lists[0] & lists[1])


def _said(merge: Merge, model: Any) -> list[tuple[str, str]]:
    """What the record that went said, in words, as far as it is no reference."""
    held = merge.data[0]["fields"]
    told = []
    for name in fields.FIELDS[model]:
        one: Any = model._meta.get_field(name)
        value = held.get(name)
        if one.is_relation or value in (None, "", []):
            continue
        is_rich = isinstance(one, RichTextField)
        text = plain_text(value) if is_rich else dict(one.flatchoices or ()).get(value, value)
        told.append((str(one.verbose_name), str(text)))
    return told


def _remarks(merge: Merge) -> list[str]:
    """What checkers wrote about the record that went, the latest first."""
    rows = [row["fields"] for row in merge.data if row["model"] == "cases.statuschange"]
    told = [(row["at"], row["reason"]) for row in rows if row["reason"]]
    return [f"{at[:10]} {reason}" for at, reason in sorted(told, reverse=True)]

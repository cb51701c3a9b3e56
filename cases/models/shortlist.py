"""Cases that a reader collected, in order and with notes, and the link by which others may read them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models.case import Case

MOST_ITEMS = 300
MOST_LISTS = 50
LONGEST_NAME = 60
LONGEST_NOTE = 500
DEFAULT_NAME = "我的清单"
# How long the list of a reader who is not signed in is kept after its last change.
KEPT_FOR = timedelta(days=90)
# So many random bytes: nobody guesses them.
RANDOM = 24

FULL = f"一个清单最多放 {MOST_ITEMS} 个案例，这个清单已经满了。请先移出几个，或者另建一个清单"
DELETED = "这个案例已经删除"
TOO_MANY_LISTS = f"最多可以有 {MOST_LISTS} 个清单。请先删除不用的，再建新的"
ONE_LIST = "没有登录时只有一个清单。登录后可以建多个，现在的清单也会带过去"


class Gathered(NamedTuple):
    """What became of cases that were to be put on a list."""

    added: int
    present: int
    left_out: int


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def visible_to(self, user: Any, key: str = "") -> Self:
        """The lists of a signed-in user, or the one of the session that holds this key; never another reader's."""
        if user is not None and user.is_authenticated:
            return self.filter(owner=user)
        return self.filter(owner=None, key=key) if key else self.none()

    def shared_as(self, token: str) -> Self:
        """The list that this link leads to; a link dies with the account of its owner."""
        return self.filter(share_token=token).filter(Q(owner=None) | Q(owner__is_active=True))

    def current(self) -> Self:
        return self.filter(is_current=True)

    def held(self, owner: Any) -> Self:
        """The lists of a user, held until the transaction ends: others who make, choose or remove one wait.

        Each of those changes several lists, whose rows by themselves would be locked in any order.
        """
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=owner.pk)
        return self.filter(owner=owner)

    def untouched_since(self, moment: Any) -> Self:
        """Lists of readers who are not signed in, and who have not come back."""
        return self.filter(owner=None, changed_at__lt=moment)

    def with_case_counts(self, user: Any) -> Self:
        """Annotate `case_count`, of cases that the reader may see, and put the last changed first."""
        shown = Q(items__case__in=Case.objects.visible_to(user))
        return self.annotate(case_count=models.Count("items", filter=shown)).order_by("-changed_at", "pk")


class Shortlist(models.Model):
    """A list of one reader: of a user, or of a browser's session, which knows its `key`."""

    name = models.CharField("名称", max_length=LONGEST_NAME, default=DEFAULT_NAME)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="所属用户",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="shortlists",
    )
    key = models.CharField("会话密钥", max_length=64, unique=True, null=True, blank=True)
    is_current = models.BooleanField("正在使用", default=True)
    share_token = models.CharField("分享密钥", max_length=64, unique=True, null=True, blank=True)
    shared_at = models.DateTimeField("分享时间", null=True, blank=True)
    shares_notes = models.BooleanField("连同备注分享", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    case_count: int  # set by with_case_counts()

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = "候选清单"
        verbose_name_plural = "候选清单"
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, key__isnull=False) | Q(owner__isnull=False, key=None),
                name="shortlist_has_one_reader",
            ),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_current=True, owner__isnull=False), name="shortlist_current_once"
            ),
            models.CheckConstraint(
                condition=Q(share_token=None, shared_at=None) | Q(share_token__isnull=False, shared_at__isnull=False),
                name="shortlist_shared_with_time",
            ),
        ]
        indexes = [models.Index(fields=["owner", "changed_at"], name="shortlist_owner")]

    def __str__(self) -> str:
        return self.name

    def get_shared_url(self) -> str:
        return reverse("shortlists:shared", args=[self.share_token])

    @property
    def is_as_made(self) -> bool:
        """Whether nobody gave it a name of its own."""
        return self.name == DEFAULT_NAME

    def collect(self, cases: Iterable[int], notes: dict[int, str] | None = None) -> Gathered:
        """Put cases, by primary key, at the end, each once and as many as there is room for."""
        wanted = list(dict.fromkeys(cases))
        with transaction.atomic():
            items = self.locked_items()
            present = {item.case_id for item in items}
            new = [pk for pk in wanted if pk not in present]
            taken = new[: max(0, MOST_ITEMS - len(items))]
            after = max((item.position for item in items), default=0) + 1
            ShortlistItem.objects.bulk_create(
                ShortlistItem(shortlist=self, case_id=pk, position=position, note=(notes or {}).get(pk, ""))
                for position, pk in enumerate(taken, start=after)
            )
            self.touch()
        return Gathered(len(taken), len(wanted) - len(new), len(new) - len(taken))

    def drop(self, number: str) -> ShortlistItem | None:
        """Take the case of this number off; return what stood on the list, its position the place from nought."""
        with transaction.atomic():
            items = self.locked_items()
            wanted = self.items.filter(case__number=number).values_list("pk", flat=True).first()
            for place, item in enumerate(items):
                if item.pk == wanted:
                    ShortlistItem.objects.filter(pk=item.pk).delete()
                    self.touch()
                    item.position = place
                    return item
        return None

    def put_back(self, case: int, place: int, note: str) -> None:
        """Undo `drop()`; raise ValidationError when the list has filled up since, or the case was deleted."""
        with transaction.atomic():
            if not Case.objects.filter(pk=case).exists():
                raise ValidationError(DELETED)
            if self.collect([case], {case: note}).left_out:
                raise ValidationError(FULL)
            others = [item for item in self.locked_items() if item.case_id != case]
            back = self.items.get(case=case)
            self._number([*others[:place], back, *others[place:]])

    def arrange(self, order: Sequence[int]) -> None:
        """Put the items of these primary keys in this order, in the places that they have together.

        What is not named, perhaps added from another window, or withdrawn and not shown, stays where it is.
        """
        with transaction.atomic():
            items = self.locked_items()
            known = {item.pk: item for item in items}
            named = iter([known[pk] for pk in dict.fromkeys(order) if pk in known])
            moving = set(order)
            self._number([next(named) if item.pk in moving else item for item in items])
            self.touch()

    def _number(self, items: Sequence[ShortlistItem]) -> None:
        for position, item in enumerate(items, start=1):
            item.position = position
        ShortlistItem.objects.bulk_update(items, ["position"])

    def locked_items(self) -> list[ShortlistItem]:
        """All items in order, inside a transaction for which others who change this list wait."""
        Shortlist.objects.select_for_update().get(pk=self.pk)
        return list(self.items.all())

    def choose(self) -> None:
        """Make it the list that is added to; the one list of a session is."""
        if self.owner_id is None:
            return
        with transaction.atomic():
            lists = Shortlist.objects.held(self.owner)
            if not lists.filter(pk=self.pk).exists():  # removed in another window
                return
            lists.exclude(pk=self.pk).update(is_current=False)
            self.is_current = True
            self.save(update_fields=["is_current"])

    def rename(self, name: str) -> None:
        self.name = name
        self.save(update_fields=["name", "changed_at"])

    def clear(self) -> None:
        self.items.all().delete()
        self.touch()

    def share(self, *, with_notes: bool) -> None:
        """Give it a link, a new one if it had none, and say whether the link shows the notes."""
        if not self.share_token:
            self.share_token, self.shared_at = secrets.token_urlsafe(RANDOM), timezone.now()
        self.shares_notes = with_notes
        self.save(update_fields=["share_token", "shared_at", "shares_notes"])

    def unshare(self) -> None:
        """The link is dead at once; a later one is another."""
        self.share_token = self.shared_at = None
        self.shares_notes = False
        self.save(update_fields=["share_token", "shared_at", "shares_notes"])

    def touch(self) -> None:
        self.save(update_fields=["changed_at"])


class ShortlistItemQuerySet(models.QuerySet["ShortlistItem"]):
    def visible_to(self, user: Any) -> Self:
        """Items whose case the reader may see, on whichever list; the list has to be the reader's own, or shared."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def withdrawn_from(self, user: Any) -> Self:
        """Items whose case the reader may no longer see."""
        return self.exclude(case__in=Case.objects.visible_to(user))


class ShortlistItem(models.Model):
    shortlist = models.ForeignKey(Shortlist, verbose_name="清单", on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, verbose_name="案例", on_delete=models.CASCADE, related_name="shortlist_items")
    position = models.PositiveIntegerField("次序", default=0)
    note = models.TextField("备注", max_length=LONGEST_NOTE, blank=True)
    added_at = models.DateTimeField("加入时间", auto_now_add=True)

    objects = ShortlistItemQuerySet.as_manager()

    class Meta:
        verbose_name = "清单条目"
        verbose_name_plural = "清单条目"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["shortlist", "case"], name="shortlist_case_once")]

    def __str__(self) -> str:
        return f"{self.shortlist_id}：{self.case_id}"  # no word of another reader's in any page of the admin

"""Tell curators, in the admin and where the operator wants it by e-mail, of cases that wait for them or went on."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.urls import reverse
from django_tasks import task

from cases.models.case import Case
from cases.models.notice import Notice
from cases.models.remit import Remit
from cases.models.status import StatusChange
from cases.remits import EVERYWHERE, Reach
from cases.workflow import PUBLISH, is_curated
from districts.models import District

log = logging.getLogger(__name__)

# Of which moves whom we tell what.
TOLD = {
    "submit": Notice.Kind.HANDED_IN,
    "send_back": Notice.Kind.RETURNED,
    "publish": Notice.Kind.PUBLISHED,
    "republish": Notice.Kind.PUBLISHED,
    "withdraw": Notice.Kind.WITHDRAWN,
}
LONGEST = 500
BACKEND = "django.contrib.auth.backends.ModelBackend"


def tell_of(case: Case, change: StatusChange) -> None:
    """Tell those whom a move concerns, but not who made it; in the transaction of the move."""
    kind = TOLD.get(change.move)
    if kind is None:
        return
    people = checkers_of(case) if kind == Notice.Kind.HANDED_IN else authors_of(case)
    others = [user for user in people if user.pk != change.by_id]
    tell(case, kind, others, change.reason, by=change.who)


def tell(case: Case, kind: Notice.Kind, people: Iterable[User], text: str = "", by: str = "") -> None:
    """Leave a notice for each of these, who have to be people whom the admin shows the case."""
    text = text[:LONGEST]
    told = [Notice(user=user, kind=kind, case=case, text=text, by_name=by) for user in people]
    for notice in Notice.objects.bulk_create(told):
        if settings.NOTICES_BY_MAIL and notice.user.email:
            mail_notice.enqueue(notice.pk)


def authors_of(case: Case) -> list[User]:
    """Who entered the case and who handed it in, as far as they still may see it."""
    handed_in = case.status_changes.filter(move="submit").values_list("by", flat=True)[:1]
    ids = [pk for pk in (case.created_by_id, *handed_in) if pk]
    people = User.objects.filter(pk__in=ids, is_active=True).order_by("pk") if ids else []
    return [user for user in people if is_curated(user, case)]


def checkers_of(case: Case) -> list[User]:
    """Whoever may publish the case: with the right, and a remit that covers it."""
    checkers = User.objects.with_perm(PUBLISH, backend=BACKEND).filter(is_staff=True).order_by("pk")
    everywhere = set(User.objects.with_perm(EVERYWHERE, backend=BACKEND).values_list("pk", flat=True))
    remits: dict[int, list[District]] = defaultdict(list)
    for remit in Remit.objects.filter(user__in=checkers).select_related("district"):
        remits[remit.user_id].append(remit.district)
    return [
        user
        for user in checkers
        if Reach(is_everywhere=user.pk in everywhere, districts=tuple(remits[user.pk])).covers(case.district)
    ]


@task()
def mail_notice(pk: int) -> None:
    """Send one notice, unless it was read or its case is no longer for its reader's eyes."""
    notice = Notice.objects.select_related("user", "case").unread().filter(pk=pk, user__is_active=True).first()
    if notice is None or not Notice.objects.of(notice.user).filter(pk=pk).exists():
        return
    try:
        send_mail(subject_of(notice), words_of(notice), settings.DEFAULT_FROM_EMAIL, [notice.user.email])
    except Exception as error:  # whatever a mail server does; what it answers may repeat what was sent
        log.warning("notice %s was not sent: %s", pk, type(error).__name__)


def subject_of(notice: Notice) -> str:
    return f"{settings.SITE['name']}：{notice}"


def words_of(notice: Notice) -> str:
    """The number and where to read on; nothing that the case says."""
    address = settings.SITE_URL + reverse("admin:cases_case_change", args=[notice.case_id])
    return f"{notice}。请登录后查看：\n\n{address}\n\n这封邮件由系统发出，请勿回复。\n"


def clear() -> int:
    """Delete notices that were read long ago; return how many."""
    return Notice.objects.outdated().delete()[0]

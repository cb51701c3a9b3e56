"""从文章导入: paste or give an article, look over what was repaired and read, take the cases over as drafts."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from cases.admin.article_forms import store_case, store_whole
from cases.admin.article_pages import CasePage, Earlier, Overview, earlier, made_by
from cases.admin.article_repair import RepairPage
from cases.admin.article_taking import taken_from
from cases.articles.files import MOST_CHARACTERS, Given, pasted, read_file
from cases.articles.proposals import join, place_of, split
from cases.articles.proposing import read_anew, repaired
from cases.articles.taking import Moved, take_over
from cases.bulk.records import Stale
from cases.models import ArticleImport
from cases.models.article_import import digest_of_words
from cases.people import name_of, signature_of
from districts.admin import OwnFilters

State = ArticleImport.State
STALE = "没有保存：这篇文章在别处改过（也许在您的另一个窗口）。下面是您刚才填的；再按一次保存，就以下面的为准"
NOTHING = "没有读出案例：正文太短，或者不是讲做法的文章。请核对是不是贴全了"
LATE = "没有存：这篇文章刚才在别处改过或者已经存过，请看最新的情况"
CHANGED = "没有存，什么也没有改：库里的内容刚有变化，可能有人新建了同名的组织，或改了要记入的榜单。请再试一次"


def may_import_articles(user: Any) -> bool:
    rights = ("add_case", "change_case", "add_organisation", "add_source", "add_awardlist")
    return bool(user.is_staff and user.has_perms(f"cases.{right}" for right in rights))


def _stored(article: ArticleImport, columns: list[str]) -> bool:
    """Store these if nobody else stored any since; as one, or who came in between would be overwritten unseen."""
    with transaction.atomic():
        if not article.claim_version(article.version):
            return False
        article.save(update_fields=[*columns, "updated_at"])
        return True


class ArticleForm(forms.Form):
    text = forms.CharField(
        label="粘贴文章",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "vLargeTextField"}),
        help_text="连同标题、报刊、日期、作者一起粘贴，识别得更全。繁体、混入拼音、断行的，会先修复",
    )
    file = forms.FileField(
        label="或者选择文件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.html,.htm,.docx,.pdf"}),
        help_text="txt、html、docx，或有文字的 pdf",
        error_messages={"empty": "文件是空的，请核对后再传"},
    )
    given: Given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        text, file = data.get("text") or "", data.get("file")
        if file and text.strip():
            raise ValidationError("文件和粘贴的文章只能给一样，请去掉一样")
        if not file and not text.strip():
            raise ValidationError("请粘贴文章，或者选择文件")
        try:
            self.given = read_file(file) if file else pasted(text)
        except ValidationError as error:
            self.add_error("file" if file else "text", error)
        return data


@admin.register(ArticleImport)
class ArticleImportAdmin(OwnFilters):
    """A curator's own articles; whoever works everywhere sees all."""

    class Media:
        css: ClassVar[Any] = {"all": ["css/articles.css"]}
        js = (Script("js/choosers.js", defer=True), Script("js/articles.js", defer=True))

    list_display = ["title", "standing", "count", "by", "updated"]
    list_display_links = ["title"]
    list_filter = ["state"]
    ordering = ["-updated_at", "-pk"]
    list_per_page = 50
    actions = None

    # Rights

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArticleImport]:
        found = ArticleImport.objects.visible_to(request.user).select_related("created_by", "change")
        return found.in_brief().order_by(*self.ordering)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_import_articles(request.user)

    def has_view_permission(self, request: HttpRequest, obj: ArticleImport | None = None) -> bool:
        if not self.has_add_permission(request):
            return False
        return obj is None or ArticleImport.objects.visible_to(request.user).filter(pk=obj.pk).exists()

    def has_change_permission(self, request: HttpRequest, obj: ArticleImport | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        one = path("<int:pk>/cases/<slug:part>/", view(self.case_view), name="cases_articleimport_case")
        return [one, *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ArticleForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            if article := self._begin(request, form):
                return HttpResponseRedirect(article.get_admin_url())
            form.add_error("file" if form.cleaned_data["file"] else "text", NOTHING)
        context = {
            "title": "从文章导入",
            "form": form,
            "open": ArticleImport.objects.open_of(request.user).in_brief()[:10],
            "most": f"{MOST_CHARACTERS // 10_000} 万",
        }
        return self._page(request, "add", context)

    def _begin(self, request: HttpRequest, form: ArticleForm) -> ArticleImport | None:
        """Store what was given, unless no case is in it; the same once more is the one that is open."""
        given, file = form.given, form.cleaned_data["file"]
        mended = repaired(given.text)
        digest = digest_of_words(mended.text)
        if same := ArticleImport.objects.open_of(request.user).filter(digest=digest).first():
            self.message_user(request, "这篇文章您已经在核对，接着做就可以。", messages.INFO)
            return same
        title = (given.told.get("title") or mended.text.split("\n", 1)[0]).strip()[:200]
        article = ArticleImport(
            title=title,
            file_name=file.name[:200] if file else "",
            original=given.text,
            text=mended.text,
            told=given.told,
            digest=digest,
            created_by_id=request.user.pk,
            by_name=signature_of(request.user),
        )
        if not (mended.changes or mended.offers or mended.marks):
            article.proposals = read_anew(article, request.user)
            article.state = State.REVIEWING
            article.call_by_its_title()
            if not article.proposals["cases"]:
                return None
        article.save()
        return article

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        article = self._found(request, unquote(object_id))
        if article.state == State.DROPPED or article.is_undone:
            return self._closed(request, article)
        if article.state == State.TAKEN:
            made = made_by([article.change], request.user) if article.change else []
            return self._page(request, "done", {"title": article.title, "article": article, "made": made})
        if article.state == State.REPAIRING:
            return self._repair(request, article)
        if request.method == "POST":
            return self._store(request, article)
        return self._overview(request, article)

    def _repair(self, request: HttpRequest, article: ArticleImport) -> HttpResponse:
        """Every change beside the original; what is refused or accepted is remembered, then the text is read."""
        page = RepairPage(article)
        shown = {"title": article.title, "article": article, "page": page}
        if request.method != "POST":
            return self._page(request, "repair", shown)
        is_same_text = request.POST.get("stamp") == page.stamp
        if is_same_text:
            page.take(request.POST)
        if not is_same_text or request.POST.get("version") != str(article.version):
            return self._page(request, "repair", shown | {"told": "没有保存：文章或者词典刚有变化，请再看一遍"})
        if "drop" in request.POST:
            article.state = State.DROPPED
        elif "later" not in request.POST:
            article.text, article.state = page.text, State.REVIEWING
            article.proposals = read_anew(article, request.user)
            article.call_by_its_title()
        if not _stored(article, ["text", "refused", "proposals", "state", "title", "title_digest"]):
            return HttpResponseRedirect(article.get_admin_url())
        if "later" in request.POST or article.state == State.DROPPED:
            return HttpResponseRedirect(reverse("admin:cases_articleimport_changelist"))
        return HttpResponseRedirect(article.get_admin_url())

    def case_view(self, request: HttpRequest, pk: int, part: str) -> HttpResponse:
        article, key = self._found(request, str(pk)), part
        if article.state != State.REVIEWING or place_of(article.proposals, key) is None:
            self.message_user(request, "这个案例已经并入别的案例，或者文章已经存过。", messages.WARNING)
            return HttpResponseRedirect(article.get_admin_url())
        if request.method == "POST":
            return self._store(request, article, key)
        return self._one_case(request, article, key)

    def _found(self, request: HttpRequest, pk: str) -> ArticleImport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = ArticleImport.objects.visible_to(request.user).select_related("change")
        found = own.filter(pk=pk).first() if re.fullmatch("[0-9]{1,18}", pk) else None
        if found is None:
            raise Http404
        return found

    # Storing what is typed

    def _store(self, request: HttpRequest, article: ArticleImport, key: str = "") -> HttpResponse:
        """Take down all that came, then do what the button says; a late save is shown beside what is stored now."""
        data, is_auto = request.POST, "auto" in request.POST
        before = deepcopy(article.proposals)
        if key:
            store_case(article.proposals["cases"][place_of(article.proposals, key) or 0], data)
        else:
            store_whole(article.proposals, data)
        if data.get("version") != str(article.version):
            if is_auto:
                return JsonResponse({"told": "在别处改过，没有自动保存"}, status=409)
            return self._again(request, article, key, STALE)
        to = self._after(request, article, key)
        is_other = article.proposals != before or article.state != State.REVIEWING
        if is_other and not _stored(article, ["proposals", "state"]):
            return self._again(request, article, key, STALE)
        if is_auto:
            return JsonResponse({"version": article.version, "told": f"{timezone.localtime():%H:%M} 已自动保存"})
        if "take-over" in data:
            return self._take_over(request, article)
        return HttpResponseRedirect(to)

    def _after(self, request: HttpRequest, article: ArticleImport, key: str) -> str:
        """Cut anew or drop, if a button says so; return where to go on."""
        data, here = request.POST, article.get_admin_url()
        if "repair" in data:
            article.state = State.REPAIRING
            return here
        own = reverse("admin:cases_articleimport_case", args=[article.pk, key]) if key else here
        if "drop" in data:
            article.state = State.DROPPED
            return reverse("admin:cases_articleimport_changelist")
        if joined := data.get("join"):
            is_joined = join(article.proposals, joined)
            self.message_user(
                request, "已并入上一个案例。" if is_joined else "没有可以并入的上一个案例。", messages.INFO
            )
            return here
        if re.fullmatch("[0-9]{1,4}", data.get("split", "")):
            fresh = split(article.proposals, key, int(data["split"]))
            self.message_user(
                request, "已从这一段起另立一个案例。" if fresh else "没有拆开：这里不能另立案例。", messages.INFO
            )
            return reverse("admin:cases_articleimport_case", args=[article.pk, fresh]) if fresh else own
        if "later" in data:
            self.message_user(request, "已保存，以后从这里接着做。", messages.SUCCESS)
            return reverse("admin:cases_articleimport_changelist")
        if (to := data.get("go", "")) and place_of(article.proposals, to) is not None:
            return reverse("admin:cases_articleimport_case", args=[article.pk, to])
        self.message_user(request, "已保存。", messages.SUCCESS)
        return own if "stay" in data else here

    def _again(self, request: HttpRequest, article: ArticleImport, key: str, told: str) -> HttpResponse:
        """The page with what was typed, though it is not stored; the next save goes on from what is stored now."""
        article.version = ArticleImport.objects.values_list("version", flat=True).get(pk=article.pk)
        return self._one_case(request, article, key, told) if key else self._overview(request, article, told)

    def _take_over(self, request: HttpRequest, article: ArticleImport) -> HttpResponse:
        overview = Overview(article, request.user)
        if overview.faults:
            return self._overview(request, article, "没有存，什么也没有改。请先把下面几处补上")
        try:
            change = take_over(article, taken_from(overview), request.user)
        except Moved:
            self.message_user(request, LATE, messages.ERROR)
            return HttpResponseRedirect(article.get_admin_url())
        except Stale:
            return self._overview(request, article, CHANGED)
        except ValidationError as error:
            return self._overview(request, article, f"没有存，什么也没有改：{'；'.join(error.messages)}")
        self.message_user(request, f"已存为草稿，共新增 {change.added} 条。", messages.SUCCESS)
        return HttpResponseRedirect(article.get_admin_url())

    def _closed(self, request: HttpRequest, article: ArticleImport) -> HttpResponse:
        """What was dropped, or undone, is taken up again where it was left."""
        if request.method == "POST" and "resume" in request.POST:
            article.state, article.change = State.REVIEWING, None
            _stored(article, ["state", "change"])
            return HttpResponseRedirect(article.get_admin_url())
        return self._page(request, "closed", {"title": article.title, "article": article})

    # Pages

    def _overview(self, request: HttpRequest, article: ArticleImport, told: str = "") -> HttpResponse:
        page = Overview(article, request.user)
        alike: Earlier | None = earlier(article, request.user)
        context = {"title": article.title, "article": article, "page": page, "told": told, "earlier": alike}
        context["is_checked"] = bool(told)
        return self._page(request, "overview", context)

    def _one_case(self, request: HttpRequest, article: ArticleImport, key: str, told: str = "") -> HttpResponse:
        page = CasePage(article, key, request.user)
        context = {"title": page.case["title"] or "（没有标题）", "article": article, "page": page, "told": told}
        return self._page(request, "case", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self._media}
        return TemplateResponse(request, f"admin/cases/articleimport/{name}.html", shared | context)

    @property
    def _media(self) -> Any:
        from cases.admin.choosers import HeldSelect
        from cases.models import Case

        return HeldSelect(Case._meta.get_field("district"), self.admin_site).media + self.media

    # Columns

    @admin.display(description="状态", ordering="state")
    def standing(self, article: ArticleImport) -> str:
        return format_html('<span class="article-state">{}</span>', article.standing)

    @admin.display(description="存成的记录")
    def count(self, article: ArticleImport) -> str:
        return f"{article.change.added} 条" if article.change and not article.is_undone else ""

    @admin.display(description="导入人")
    def by(self, article: ArticleImport) -> str:
        return name_of(article.created_by) if article.created_by else article.by_name

    @admin.display(description="修改时间", ordering="updated_at")
    def updated(self, article: ArticleImport) -> str:
        return timezone.localtime(article.updated_at).strftime("%Y-%m-%d %H:%M")

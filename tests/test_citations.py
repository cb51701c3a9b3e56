"""How cases, lists and their sources are cited."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from cases.citations import bibtex, gbt, ris
from cases.citations.authors import Authors
from cases.citations.reference import Reference, of_source
from cases.models import Case, Citation, Source
from tests.builders import make_case, make_draft, make_list, make_source, make_user
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.any_database

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, timezone=None: _day(value))


def _day(value: datetime | None) -> date:
    from django.utils import timezone

    return timezone.localtime(value).date() if value else TODAY


def cited(kind: str, cited_on: str = "", **fields: str) -> str:
    """A source that is not stored, as GB/T 7714 has it."""
    given = {"publisher": "", "title": "", "authors": "", "published": "", "page": "", "url": ""} | fields
    reference = of_source(Source(key="key", kind=kind, **given))
    day = date.fromisoformat(cited_on) if cited_on else TODAY
    return gbt.written(Reference(**{**vars(reference), "cited_on": day}))


# Printed in GB/T 7714—2015, in the clause named, or in its successor of 2025 where that has the plainer example; read
# in public copies of both. Blanks before brackets are those of 2015; a copy that lost its address has one of ours.
PRINTED = [
    (
        "4.4.2",
        {
            "kind": "newspaper",
            "authors": "余建斌",
            "title": "我们的科技一直在追赶：访中国工程院院长周济",
            "publisher": "人民日报",
            "published": "2013-01-12",
            "page": "第02版",
        },
        "余建斌. 我们的科技一直在追赶：访中国工程院院长周济[N]. 人民日报, 2013-01-12(2).",
    ),
    (
        "8.8",
        {
            "kind": "newspaper",
            "authors": "丁文详",
            "title": "数字革命与竞争国际化",
            "publisher": "中国青年报",
            "published": "2000-11-20",
            "page": "15",
        },
        "丁文详. 数字革命与竞争国际化[N]. 中国青年报, 2000-11-20(15).",
    ),
    (
        "附录 A",
        {
            "kind": "webpage",
            "authors": "萧钰",
            "title": "出版业信息化迈入快车道",
            "published": "2001-12-19",
            "url": "http://www.creader.com/news/20011219/200112190019.html",
            "cited_on": "2002-04-15",
        },
        "萧钰. 出版业信息化迈入快车道[EB/OL]. (2001-12-19)[2002-04-15]. "
        "http://www.creader.com/news/20011219/200112190019.html.",
    ),
    (
        "4.6.2",
        {
            "kind": "document",
            "publisher": "北京市人民政府办公厅",
            "title": "关于转发北京市企业投资项目核准暂行实施办法的通知：京政办发〔2005〕37号",
            "published": "2005-07-12",
            "url": "https://example.org/37",
            "cited_on": "2005-07-12",
        },
        "北京市人民政府办公厅. 关于转发北京市企业投资项目核准暂行实施办法的通知：京政办发〔2005〕37号[A/OL]. "
        "(2005-07-12)[2005-07-12]. https://example.org/37.",
    ),
    (
        "2025: 8.11.3 [1]",
        {
            "kind": "webpage",
            "publisher": "高等教育文献保障系统",
            "title": "馆际互借与文献传递服务",
            "url": "http://home.calis.edu.cn/pages/list.html?id=4101e184-7f64-4798-a5e1-8e37aa6994fc",
            "cited_on": "2025-06-21",
        },
        "高等教育文献保障系统. 馆际互借与文献传递服务[EB/OL]. [2025-06-21]. "
        "http://home.calis.edu.cn/pages/list.html?id=4101e184-7f64-4798-a5e1-8e37aa6994fc.",
    ),
    (
        "2025: 8.11.3 [3]",
        {
            "kind": "webpage",
            "title": "许振超：“好好干，当一个好工人”",
            "published": "2025-02-17",
            "url": "http://cpc.people.com.cn/n1/2025/0217/c443712-40419790.html",
            "cited_on": "2025-06-22",
        },
        "许振超：“好好干，当一个好工人”[EB/OL]. (2025-02-17)[2025-06-22]. "
        "http://cpc.people.com.cn/n1/2025/0217/c443712-40419790.html.",
    ),
    (
        "9.1",
        {
            "kind": "journal",
            "authors": "杨宗英",
            "title": "电子图书馆的现实模型",
            "publisher": "中国图书馆学报",
            "published": "1996",
            "page": "第2期，24-29页",
        },
        "杨宗英. 电子图书馆的现实模型[J]. 中国图书馆学报, 1996(2): 24-29.",
    ),
]


@pytest.mark.parametrize(("fields", "printed"), [row[1:] for row in PRINTED], ids=[row[0] for row in PRINTED])
def test_the_examples_of_the_standard_come_out_as_printed(fields: dict[str, str], printed: str) -> None:
    assert cited(**fields) == printed


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # 8.1.3: without an author the title begins; 8.4.3.2: a date as far as known.
        (
            {"kind": "newspaper", "title": "题名", "publisher": "南方都市报", "published": "2020-11"},
            "题名[N]. 南方都市报, 2020-11.",
        ),
        # 4.4.1: an article read online says so, with the day and the address.
        (
            {
                "kind": "newspaper",
                "authors": "甲",
                "title": "题名",
                "publisher": "人民日报",
                "published": "2013-01-12",
                "page": "02",
                "url": "https://example.org/a",
            },
            "甲. 题名[N/OL]. 人民日报, 2013-01-12(2)[2026-11-22]. https://example.org/a.",
        ),
        # As 8.4.1.3 and 8.4.2.3 have it for place and publisher.
        (
            {"kind": "newspaper", "title": "题名", "publisher": "南方都市报", "page": "A08版要闻"},
            "题名[N]. 南方都市报, [出版日期不详](A08).",
        ),
        # 4.6.1: an issuer beside the author is told with its year, and the day only where it says more.
        (
            {"kind": "webpage", "authors": "甲", "title": "题名", "publisher": "区政府网站", "published": "2024"},
            "甲. 题名[EB/OL]. 区政府网站, 2024.",
        ),
        (
            {
                "kind": "webpage",
                "authors": "甲",
                "title": "题名",
                "publisher": "区政府网站",
                "published": "2024-03",
                "url": "https://example.org/a",
            },
            "甲. 题名[EB/OL]. 区政府网站, 2024(2024-03)[2026-11-22]. https://example.org/a.",
        ),
        ({"kind": "webpage", "title": "题名", "publisher": "区政府"}, "区政府. 题名[EB/OL]."),
        (
            {"kind": "document", "title": "通知", "publisher": "区委办公室", "published": "2020-05-01"},
            "区委办公室. 通知[A]. 2020-05-01.",
        ),
        # Without an issue the date tells which.
        (
            {"kind": "journal", "authors": "甲", "title": "题名", "publisher": "瞭望", "published": "2020-05-01"},
            "甲. 题名[J]. 瞭望, 2020-05-01.",
        ),
    ],
)
def test_what_the_record_lacks_is_left_out_in_the_standards_way(fields: dict[str, str], expected: str) -> None:
    assert cited(**fields) == expected


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        ("甲、乙", "甲, 乙. "),
        ("甲、乙、丙", "甲, 乙, 丙. "),
        ("甲、乙、丙、丁", "甲, 乙, 丙, 等. "),
        ("张三、李四等", "张三, 李四, 等. "),
        ("符畅（记者）、白云区委组织部（通讯员）", "符畅, 白云区委组织部. "),
        ("本报记者 王小明；通讯员：李四", "王小明, 李四. "),
        ("王小明 李四", "王小明, 李四. "),
        ("Jane Smith", "Jane Smith. "),
        ("中国人民大学（北京）", "中国人民大学（北京）. "),
        ("李等", "李等. "),
        ("区委组织部 等", "区委组织部, 等. "),
        ("", ""),
    ],
)
def test_authors_are_the_first_three_and_without_the_parts_they_had(written: str, begins: str) -> None:
    assert cited("webpage", title="题名", authors=written) == f"{begins}题名[EB/OL]."


def bib_entries(text: str) -> list[dict[str, str]]:
    """Read a BibTeX file by its rules: entries, fields in braces that balance, the address verbatim."""
    entries = []
    for kind, key, body in re.findall(r"(?ms)^@(\w+)\{([\x21-\x7e]+?),\n(.*?)^\}$", text):
        entry = {"@": kind, "key": key}
        for line in body.splitlines():
            field = re.fullmatch(r"  (\w+) = \{(.*)\},", line)
            assert field, line
            name, value = field.groups()
            depth = 0
            for sign in value:
                depth += {"{": 1, "}": -1}.get(sign, 0)
                assert depth >= 0, line
            assert depth == 0, line
            if name != "url":
                assert not re.search(r"(?<!\\)[%&$#_~^]", value), line
                for command, sign in {
                    r"\textbraceleft{}": "<<",
                    r"\textbraceright{}": ">>",
                    r"\textasciitilde{}": "~",
                    r"\textasciicircum{}": "^",
                    r"\textbackslash{}": "\0",
                }.items():
                    value = value.replace(command, sign)
                value = re.sub(r"\\([%&$#_])", r"\1", value)
                value = re.sub(r"[{}]", "", value)
                value = value.replace("<<", "{").replace(">>", "}").replace("\0", "\\")
            entry[name] = value
        entries.append(entry)
    return entries


def ris_records(text: str) -> list[list[tuple[str, str]]]:
    """Read a RIS file by its rules: every line a tag and a value, a record from TY to ER."""
    assert text.endswith("\r\n")
    records: list[list[tuple[str, str]]] = []
    for line in text.removesuffix("\r\n").split("\r\n"):
        if not line:
            continue
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert found, line
        if found[1] == "TY":
            records.append([])
        records[-1].append((found[1], found[2]))
    for record in records:
        tags = [tag for tag, _ in record]
        assert tags[0] == "TY"
        assert tags[-1] == "ER"
        assert tags.count("TY") == tags.count("ER") == 1
    return records


AWKWARD = "100%的{党}建\\创新 & $5 #1_2 ~甲^乙"


def awkward_case() -> Case:
    case = make_case(f"{AWKWARD}\x07\r\n第二行\u2028末{{", number="2020-0007")
    Case.objects.update(
        published_at=datetime(2020, 11, 16, 1, tzinfo=UTC), updated_at=datetime(2020, 11, 16, 2, tzinfo=UTC)
    )
    source = make_source(
        "xx-2018",
        publisher="学习时报",
        title="𠮷区：100%_办法",
        authors="凌杰、娄冠华、李敏、赵六（记者）等",
        published="2018-12-28",
        page="第05版",
        url="https://example.org/a_b?c=%7Ed&e={f}#g",
    )
    Citation.objects.create(case=case, source=source, position=1)
    return case


@pytest.mark.django_db
def test_the_bibtex_file_reads_back_as_the_record(client: Client) -> None:
    awkward_case()

    response = client.get("/cases/2020-0007/cite.bib")

    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="case-2020-0007.bib"'
    assert bib_entries(response.content.decode()) == [
        {
            "@": "online",
            "key": "case-2020-0007",
            "author": "基层党建创新案例库",
            "title": f"{AWKWARD} 第二行 末{{",
            "date": "2020-11-16",
            "url": "http://testserver/cases/2020-0007/",
            "urldate": "2026-11-22",
            "langid": "chinese",
        },
        {
            "@": "article",
            "key": "source-nandu-2020",
            "title": "党建创新十大案例",
            "journaltitle": "南方都市报",
            "entrysubtype": "newspaper",
            "date": "2020-11",
            "langid": "chinese",
        },
        {
            "@": "article",
            "key": "source-xx-2018",
            "author": "凌杰 and 娄冠华 and 李敏 and 赵六 and others",
            "title": "𠮷区：100%_办法",
            "journaltitle": "学习时报",
            "entrysubtype": "newspaper",
            "date": "2018-12-28",
            "pages": "5",
            "url": "https://example.org/a_b?c=%7Ed&e=%7Bf%7D#g",
            "urldate": "2026-11-22",
            "langid": "chinese",
        },
    ]


@pytest.mark.django_db
def test_the_ris_file_reads_back_as_the_record(client: Client) -> None:
    awkward_case()

    response = client.get("/cases/2020-0007/cite.ris")

    assert response["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert ris_records(response.content.decode()) == [
        [
            ("TY", "ELEC"),
            ("TI", f"{AWKWARD} 第二行 末{{"),
            ("AU", "基层党建创新案例库"),
            ("PY", "2020"),
            ("DA", "2020/11/16/"),
            ("UR", "http://testserver/cases/2020-0007/"),
            ("Y2", "2026/11/22/"),
            ("LA", "zh-CN"),
            ("ID", "case-2020-0007"),
            ("ER", ""),
        ],
        [
            ("TY", "NEWS"),
            ("TI", "党建创新十大案例"),
            ("T2", "南方都市报"),
            ("PY", "2020"),
            ("DA", "2020/11//"),
            ("LA", "zh-CN"),
            ("ID", "source-nandu-2020"),
            ("ER", ""),
        ],
        [
            ("TY", "NEWS"),
            ("TI", "𠮷区：100%_办法"),
            ("AU", "凌杰"),
            ("AU", "娄冠华"),
            ("AU", "李敏"),
            ("AU", "赵六"),
            ("T2", "学习时报"),
            ("PY", "2018"),
            ("DA", "2018/12/28/"),
            ("SP", "5"),
            ("UR", "https://example.org/a_b?c=%7Ed&e={f}#g"),
            ("Y2", "2026/11/22/"),
            ("LA", "zh-CN"),
            ("ID", "source-xx-2018"),
            ("ER", ""),
        ],
    ]


def source_in(kind: str) -> Reference:
    given = {"publisher": "半月谈", "title": "题名", "authors": "甲", "published": "2020-05"}
    return of_source(Source(key="key", kind=kind, page="第10期第12—15页", **given))


def test_every_kind_of_source_has_its_type_in_each_form() -> None:
    kinds = ("newspaper", "journal", "webpage", "document")

    assert [bib_entries(bibtex.written(source_in(kind)))[0]["@"] for kind in kinds] == [
        "article",
        "article",
        "online",
        "report",
    ]
    assert [ris_records(ris.written(source_in(kind)))[0][0][1] for kind in kinds] == ["NEWS", "JOUR", "ELEC", "GOVDOC"]
    assert gbt.written(source_in("journal")) == "甲. 题名[J]. 半月谈, 2020(10): 12-15."
    assert bib_entries(bibtex.written(source_in("journal")))[0] == {
        "@": "article",
        "key": "source-key",
        "author": "甲",
        "title": "题名",
        "journaltitle": "半月谈",
        "date": "2020-05",
        "number": "10",
        "pages": "12-15",
        "langid": "chinese",
    }
    assert [line for line in ris_records(ris.written(source_in("journal")))[0] if line[0] in ("IS", "SP", "EP")] == [
        ("IS", "10"),
        ("SP", "12"),
        ("EP", "15"),
    ]


def test_a_body_is_never_taken_for_a_surname_and_a_name() -> None:
    source = Source(key="key", kind="webpage", title="题名", authors="凌杰、Ministry and Bureau")
    body = Source(key="key", kind="webpage", title="题名", publisher="区委，组织部")

    assert "author = {凌杰 and {Ministry and Bureau}}," in bibtex.written(of_source(source))
    assert "author = {{区委，组织部}}," in bibtex.written(of_source(body))
    assert of_source(source).authors == Authors(["凌杰", "Ministry and Bureau"])


@pytest.mark.django_db
def test_the_page_of_a_case_cites_it_first_and_then_its_sources(client: Client) -> None:
    case = make_case("红苗工程", number="2020-0007")
    Case.objects.update(published_at=datetime(2020, 11, 16, tzinfo=UTC), updated_at=datetime(2021, 3, 5, tzinfo=UTC))

    response = client.get(case.get_absolute_url())

    page = "基层党建创新案例库. 红苗工程[EB/OL]. (2021-03-05)[2026-11-22]. http://testserver/cases/2020-0007/."
    source = "党建创新十大案例[N]. 南方都市报, 2020-11."
    assert f"引用本案例 # {page} 复制" in text_of(response)
    assert f"所列来源的引文 1 条 {source} 复制" in text_of(response)
    assert client.get("/cases/2020-0007/cite.txt").content.decode() == f"{page}\n{source}\n"
    for form in ("txt", "bib", "ris"):
        assert f'href="/cases/2020-0007/cite.{form}" download' in response.content.decode()


@pytest.mark.django_db
def test_the_page_of_a_list_cites_it_and_its_sources_without_a_date_that_nobody_knows(client: Client) -> None:
    award = make_list("创新榜", slug="top10")
    award.sources.add(make_source())

    response = client.get("/awards/top10/")

    page = "基层党建创新案例库. 创新榜[EB/OL]. [2026-11-22]. http://testserver/awards/top10/."
    assert f"引用本榜单 {page} 复制" in text_of(response)
    written = client.get("/awards/top10/cite.txt").content.decode()
    assert written == f"{page}\n党建创新十大案例[N]. 南方都市报, 2020-11.\n"
    assert [entry["key"] for entry in bib_entries(client.get("/awards/top10/cite.bib").content.decode())] == [
        "list-top10",
        "source-nandu-2020",
    ]
    assert len(ris_records(client.get("/awards/top10/cite.ris").content.decode())) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["", "录入员"])
def test_what_is_not_public_is_cited_nowhere_not_even_for_curators(client: Client, reader: str) -> None:
    draft, hidden = make_draft(), make_list("草稿榜", slug="hidden", status="draft")
    if reader:
        client.force_login(make_user(group=reader))
        assert "引用本案例" not in text_of(client.get(draft.get_absolute_url()))

    for form in ("txt", "bib", "ris"):
        assert client.get(f"{draft.get_absolute_url()}cite.{form}").status_code == 404
        assert client.get(f"{hidden.get_absolute_url()}cite.{form}").status_code == 404
    shown = make_case("公开")
    assert client.get(f"{shown.get_absolute_url()}cite.exe").status_code == 404
    shown.withdraw(by=None)
    assert client.get(f"{shown.get_absolute_url()}cite.bib").status_code == 404


@pytest.mark.django_db
def test_a_citation_costs_no_more_queries_with_more_sources(client: Client) -> None:
    case = make_case(number="2020-0007")
    award = make_list(slug="top10")
    addresses = [
        f"/{page}/cite.{form}" for page in ("cases/2020-0007", "awards/top10") for form in ("txt", "bib", "ris")
    ]

    def grow(count: int) -> None:
        for _ in range(count):
            source = make_source(f"source-{Source.objects.count()}")
            Citation.objects.create(case=case, source=source)
            award.sources.add(source)

    grow(2)
    few: Any = queries_of(client, *addresses)
    grow(5)
    assert queries_of(client, *addresses) == few
    assert set(few.values()) == {3}  # the edition, the page, its sources

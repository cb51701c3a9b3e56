"""The data files: loading them, and what the shipped ones must hold."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count
from django.test import Client

from cases.models import AwardEntry, AwardList, Case, Credit, Figure, Organisation
from districts.models import District
from tests.pages import cards, exported, text_of

pytestmark = pytest.mark.any_database

FOLDER: Path = settings.BASE_DIR / "fixtures" / "library"
TOP_TEN = [
    ("2020-0001", ["中共广州市越秀区委组织部"]),
    ("2020-0002", ["中共广州市天河区委组织部", "天河区科技工业和信息化局"]),
    ("2020-0003", ["中共广州市白云区委组织部"]),
    ("2020-0004", ["中共广州市黄埔区委组织部", "广州开发区党工委组织部"]),
    ("2020-0005", ["中共广州市从化区委组织部"]),
    ("2020-0006", ["中共增城经济技术开发区直属机关委员会"]),
    ("2020-0007", ["中共广州市水务局党组"]),
    ("2020-0008", ["中共广州市社会组织委员会"]),
    ("2020-0009", ["中共广州市越秀区人民街工作委员会"]),
    ("2020-0010", ["中共三七文娱（广州）网络科技有限公司委员会"]),
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the data files that a test may damage."""
    return Path(shutil.copytree(FOLDER, tmp_path / "library"))


def snapshot() -> list[Any]:
    return [
        list(Case.objects.order_by("number").values_list("number", "title", "status", "version", "published_at")),
        list(Figure.objects.order_by("case__number", "position").values_list("case__number", "indicator", "value")),
        list(Credit.objects.order_by("case__number", "position").values_list("case__number", "organisation__name")),
        list(AwardEntry.objects.order_by("award_list__slug", "position").values_list("award_list__slug", "title")),
        list(Organisation.objects.order_by("name").values_list("name", "parent__name")),
    ]


def test_the_shipped_library_is_as_rich_as_its_documents(shipped_library: None) -> None:
    told = Case.objects.published().values_list("sources__key").annotate(Count("pk")).order_by("sources__key")
    assert dict(told) == {
        "baiyun-2023-keywords": 22,
        "nandu-2020-top10": 10,
        "nfrb-2022-06-30": 16,
        "xxsb-2018-12-28": 13,
        "zgcsb-2020-05-18": 31,
    }
    assert AwardList.objects.published().count() == 24
    assert Figure.objects.count() == 183
    assert not Case.objects.filter(summary="").exists()
    assert not Case.objects.filter(approach="").exists()
    assert not Figure.objects.filter(source=None).exists()
    assert not Figure.objects.filter(as_printed="").exists()


def test_the_guangzhou_ten_stand_in_their_order_with_all_their_lead_bodies(
    shipped_library: None, client: Client
) -> None:
    award = AwardList.objects.get(slug="guangzhou-2020-top10")

    entries = award.entries.select_related("case").order_by("position")
    cases = [entry.case for entry in entries if entry.case]
    found = [(case.number, [body.name for body in case.leads]) for case in cases]

    assert found == TOP_TEN
    assert award.order == AwardList.Order.UNORDERED
    assert "南都大数据研究院" in str(award.organiser)
    assert [(stage.stage, stage.count_label) for stage in award.funnel.all()] == [
        ("征集", "超过 160 件"),
        ("入选", "10 件"),
    ]
    assert len(cards(client.get("/awards/guangzhou-2020-top10/"))) == 10


def test_the_two_lists_of_model_villages_stand_beside_each_other(shipped_library: None, client: Client) -> None:
    page = client.get("/awards/national-rural-governance-villages-2019/")

    assert "历届（2 届）" in text_of(page)
    assert "第三批全国乡村治理示范村" in text_of(page)
    assert AwardList.objects.exclude(series="").count() == 2


def test_yuexiu_shows_its_two_and_guangdong_all_of_the_ten(shipped_library: None, client: Client) -> None:
    ten = {number for number, _ in TOP_TEN}

    assert set(exported(client, "?district=440104")) == {"2020-0001", "2020-0009"}
    assert ten <= set(exported(client, "?district=440000"))
    assert set(exported(client, "?district=310000")).isdisjoint(ten)
    assert exported(client, "?list=guangzhou-2020-top10&sort=oldest") == [number for number, _ in TOP_TEN]


def test_every_text_is_simplified_and_free_of_the_mirror_s_damage() -> None:
    from opencc import OpenCC

    to_simplified = OpenCC("t2s")
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text == to_simplified.convert(text), path.name
        assert not re.search(r"[一-鿿]\([a-zǎàáāěèéēǐìíīǒòóōǔùúūǚǜǘǖü]+\)", text), path.name
        assert "\ufffd" not in text


def test_a_figure_stands_in_one_case_only() -> None:
    seen: dict[tuple[str, str, float], str] = {}
    for path in FOLDER.glob("*-*.yaml"):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            for figure in case.get("figures") or []:
                key = (figure["indicator"], figure["as_printed"], figure["value"])
                assert seen.setdefault(key, case["number"]) == case["number"], key


def test_loading_again_changes_nothing(shipped_library: None) -> None:
    before = snapshot()

    call_command("load_library", verbosity=0)

    assert snapshot() == before


def test_loading_again_leaves_what_curators_corrected_unless_told_otherwise(shipped_library: None) -> None:
    case = Case.objects.get(number="2020-0007")
    original = case.title
    case.title = "录入员改过的标题"
    case.save()
    case.figures.all()[0].delete()
    figures = case.figures.count()

    call_command("load_library", verbosity=0)
    case.refresh_from_db()
    assert (case.title, case.figures.count()) == ("录入员改过的标题", figures)

    call_command("load_library", update=True, verbosity=0)
    case.refresh_from_db()
    assert (case.title, case.figures.count()) == (original, figures + 1)
    assert case.is_published


def test_a_withdrawn_case_is_not_published_again_by_loading(shipped_library: None) -> None:
    Case.objects.get(number="2020-0007").withdraw(by=None)

    call_command("load_library", update=True, verbosity=0)

    assert Case.objects.get(number="2020-0007").status == "withdrawn"


def test_a_deleted_case_is_not_loaded_again_and_its_number_stays_unused(shipped_library: None) -> None:
    case = Case.objects.get(number="2020-0013")
    case.withdraw(by=None)
    case.delete()
    out = io.StringIO()

    call_command("load_library", stdout=out)

    assert "案例 2020-0013 已被删除，编号不再使用，没有装入" in out.getvalue()
    assert not Case.objects.filter(number="2020-0013").exists()
    assert Case.objects.count() == 91


def test_every_fault_of_every_file_is_named_and_nothing_is_stored(shipped_districts: None, copied: Path) -> None:
    path = copied / "guangzhou-2020-top10.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('district: "440106 天河区"', 'district: "440106 越秀区"', 1)
    text = text.replace("role: 主办", "role: 主持", 1)
    text = text.replace("series: 全国乡村治理示范村", "series: 2019", 1)
    path.write_text(text, encoding="utf-8")
    other = copied / "dapeng-brands-2018.yaml"
    other.write_text(other.read_text(encoding="utf-8").replace("kind: 工作法", "kind: 土办法", 1), encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        call_command("load_library", copied, verbosity=0)

    message = str(refusal.value)
    assert "什么都没有装入" in message
    assert "区划“440106 越秀区”与区划表不符（该代码为：天河区）" in message
    assert "角色“主持”不在可选之列：主办、协办、报送、推荐" in message
    assert "类型“土办法”不在可选之列" in message
    assert "系列 series 应为不超过 60 个字的名称" in message
    assert not Case.objects.exists()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("damage", [b"cases: [", b"\xff\xfe\x00", b"- 1\n", b"", b"unknown: 1\nsource: {}\n"])
def test_a_damaged_file_is_named(shipped_districts: None, copied: Path, damage: bytes) -> None:
    (copied / "haizhu-pioneer-2022.yaml").write_bytes(damage)

    with pytest.raises(CommandError, match=r"haizhu-pioneer-2022\.yaml"):
        call_command("load_library", copied, verbosity=0)

    assert not Case.objects.exists()


def test_a_folder_without_data_files_is_named(shipped_districts: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"没有找到 vocabulary\.yaml"):
        call_command("load_library", tmp_path, verbosity=0)


def test_places_are_as_deep_as_the_documents_say(shipped_library: None) -> None:
    deep = dict(Case.objects.filter(district__level=District.Level.TOWN).values_list("number", "district__name"))

    assert deep["2020-0009"] == "人民街道"
    assert deep["2020-0010"] == "员村街道"
    assert "五角场街道" in deep.values()
    assert Case.objects.filter(district__code="4403F01").count() >= 8

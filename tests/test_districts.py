"""The tree of districts and the import of its table."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from districts.models import District, full_names_changed
from tests.builders import make_district
from tests.pace import slowness

pytestmark = pytest.mark.django_db

Import = Callable[..., str]
SHIPPED = settings.BASE_DIR / "fixtures" / "districts.csv.gz"
GUANGDONG = ("44,广东省", "4401,广州市", "440104,越秀区", "440104002,人民街道", "440105,海珠区", "440105001,赤岗街道")
SHENZHEN = ("4403,深圳市", "440304,福田区", "4403F01,大鹏新区")


def run_import(path: Path) -> str:
    out = StringIO()
    call_command("import_districts", path, stdout=out, skip_checks=True)
    return out.getvalue()


@pytest.fixture
def import_rows(tmp_path: Path) -> Import:
    """Import a table of these rows and return what the command said."""

    def run(*rows: str, header: str = "code,name", encoding: str = "utf-8") -> str:
        path = tmp_path / "table.csv"
        path.write_bytes("\r\n".join((header, *rows)).encode(encoding))
        return run_import(path)

    return run


def tree() -> dict[str, tuple[str, str, str]]:
    """Return full name, level and the parent's code of every district."""
    return {
        d.code: (d.full_name, d.level, d.parent.code if d.parent else "")
        for d in District.objects.select_related("parent")
    }


@contextmanager
def told_of() -> Iterator[list[str]]:
    """Collect the new full names that other apps are told of."""
    names: list[str] = []

    def listen(districts: list[District], **kwargs: Any) -> None:
        names.extend(district.full_name for district in districts)

    full_names_changed.connect(listen)
    yield names
    full_names_changed.disconnect(listen)


def on_districts(queries: CaptureQueriesContext) -> int:
    """Count the queries on districts alone: what other apps do about a change is theirs."""
    return sum("districts_district" in query["sql"] and "cases_" not in query["sql"] for query in queries)


def former() -> set[str]:
    return set(District.objects.filter(is_former=True).values_list("code", flat=True))


def refusal(path: Path) -> str:
    with pytest.raises(CommandError) as refused:
        run_import(path)
    assert refused.value.returncode != 0
    return str(refused.value)


# What an import does


def test_an_import_puts_every_division_under_the_nearest_one_above_it(import_rows: Import) -> None:
    import_rows(
        "街道,440104002000,人民街道",
        ",440000,广东省",
        ",440100,广州市",
        ',440104 , "越秀区"',
        "地级,4419,东莞市",
        "县级占位,441900,东莞市",
        ",441900003,东城街道",
        ",440300000000,深圳市",
        ",4403f01,大鹏新区",
        ",,",
        "",
        ",35,福建省",
        ",350527000,金门县",
        header="备注,代码,名称",
    )
    assert tree() == {
        "35": ("福建省", "province", ""),
        "350527": ("福建省金门县", "county", "35"),
        "44": ("广东省", "province", ""),
        "4401": ("广东省广州市", "city", "44"),
        "440104": ("广东省广州市越秀区", "county", "4401"),
        "440104002": ("广东省广州市越秀区人民街道", "town", "440104"),
        "4403": ("广东省深圳市", "city", "44"),
        "4403F01": ("广东省深圳市大鹏新区", "zone", "4403"),
        "4419": ("广东省东莞市", "city", "44"),
        "441900003": ("广东省东莞市东城街道", "town", "4419"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_that_offices_use(import_rows: Import, encoding: str) -> None:
    import_rows(*GUANGDONG, header="代码,名称", encoding=encoding)
    assert tree()["440104002"] == ("广东省广州市越秀区人民街道", "town", "440104")
    assert len(tree()) == len(GUANGDONG)


def test_a_compressed_table_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress("code,name\n44,广东省\n".encode()))
    assert run_import(path) == "新增 1 个，更名 0 个，撤销 0 个，恢复 0 个\n新增：\n  44 广东省\n"
    assert tree() == {"44": ("广东省", "province", "")}


def test_an_import_tells_what_it_changed(import_rows: Import) -> None:
    import_rows(*GUANGDONG)
    retired = import_rows("44,广东省", "4401,广州", "440104,越秀区", "440106,天河区", "440106001,五山街道")
    assert retired == (
        "新增 2 个，更名 1 个，撤销 2 个，恢复 0 个\n"
        "另有 2 个区划的上级、级别或全称随之更新\n"
        "新增：\n  440106 广东省广州天河区\n  440106001 广东省广州天河区五山街道\n"
        "更名：\n  4401 广东省广州（原名：广州市）\n"
        "撤销：\n  440105 广东省广州海珠区\n  440105001 广东省广州海珠区赤岗街道\n"
    )
    assert import_rows("440104,越秀区", "440105,海珠区", "440106,天河区") == (
        "新增 0 个，更名 0 个，撤销 0 个，恢复 1 个\n恢复：\n  440105 广东省广州海珠区\n"
    )
    assert former() == {"440105001"}


def test_a_long_list_of_changes_is_cut_short(import_rows: Import) -> None:
    said = import_rows("44,广东省", "4401,广州市", *(f"4401{number},第{number}区" for number in range(11, 31)))
    assert said.splitlines()[:2] == ["新增 22 个，更名 0 个，撤销 0 个，恢复 0 个", "新增："]
    assert said.splitlines()[-2:] == ["  440128 广东省广州市第28区", "  ……共 22 个，只列出前 20 个"]
    assert "第29区" not in said


def test_importing_the_same_table_again_changes_nothing(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    before = list(District.objects.values())
    assert import_rows(*GUANGDONG, *SHENZHEN) == "新增 0 个，更名 0 个，撤销 0 个，恢复 0 个\n"
    assert list(District.objects.values()) == before


def test_a_renamed_division_renames_all_below_it_and_no_other(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    with told_of() as names:
        import_rows("4403,鹏城市", "440305,南山区")
    assert names == ["广东省鹏城市", "广东省鹏城市福田区", "广东省鹏城市大鹏新区"]
    assert {code: row[0] for code, row in tree().items()} == {
        "44": "广东省",
        "4401": "广东省广州市",
        "440104": "广东省广州市越秀区",
        "440104002": "广东省广州市越秀区人民街道",
        "440105": "广东省广州市海珠区",
        "440105001": "广东省广州市海珠区赤岗街道",
        "4403": "广东省鹏城市",
        "4403F01": "广东省鹏城市大鹏新区",
        "440304": "广东省鹏城市福田区",
        "440305": "广东省鹏城市南山区",
    }
    with told_of() as names:
        import_rows("440304,福田区")
    assert names == []


def test_a_level_that_comes_later_takes_its_place_between(import_rows: Import) -> None:
    import_rows("11,北京市", "110101,东城区", "35,福建省", "350527,金门县")
    import_rows("1101,市辖区", "3505,泉州市")
    assert tree() == {
        "11": ("北京市", "province", ""),
        "1101": ("北京市", "city", "11"),
        "110101": ("北京市东城区", "county", "1101"),
        "35": ("福建省", "province", ""),
        "3505": ("福建省泉州市", "city", "35"),
        "350527": ("福建省泉州市金门县", "county", "3505"),
    }


# What counts as vanished


@pytest.fixture
def stored(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN, "4419,东莞市", "441900003,东城街道", "22,吉林省", "2207,松原市")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("rows", "retired"),
    [
        pytest.param(["440104,越秀区"], {"440105", "440105001"}, id="a missing sibling goes with what is below it"),
        pytest.param(["440104,越秀区", "440105,海珠区"], set(), id="counties alone retire no town"),
        pytest.param(["44,广东省"], set(), id="a province retires no other"),
        pytest.param(["22,吉林省", "44,广东省"], set(), id="provinces retire nothing below them"),
        pytest.param(
            ["44,广东省", "4401,广州市", "440104,越秀区", "440104002,人民街道", "440106,天河区"],
            {"440105", "440105001"},
            id="the head of a file of one city retires no other city",
        ),
        pytest.param(
            ["4401,广州市", "4419,东莞市"], {"4403", "440304"}, id="a city goes with its counties, zones stay"
        ),
        pytest.param(
            ["440104,越秀区", "440105,海珠区", "441900,东莞市"],
            set(),
            id="a city that stands among counties retires no city",
        ),
        pytest.param(["4403F02,前海合作区"], {"4403F01"}, id="zones go where zones are listed"),
        pytest.param(["4401F01,南沙新区"], set(), id="zones stay where other zones are listed"),
    ],
)
def test_only_what_the_file_lists_without_it_has_vanished(
    import_rows: Import, rows: list[str], retired: set[str]
) -> None:
    codes = set(tree())
    import_rows(*rows)
    assert former() == retired
    assert codes <= set(tree())


# Damaged files


def test_a_damaged_table_changes_nothing_and_every_bad_row_is_named(import_rows: Import, tmp_path: Path) -> None:
    import_rows(*GUANGDONG)
    before = list(District.objects.values())
    lines = [
        "code,name",
        "440104,旧名区",
        "440103,荔湾区",
        "44010,某区",
        "440103,芳村区",
        "440106,",
        "440107," + "长" * 61,
        "440108," + "长" * 60,
        "440111,白云区,多余",
        "440112",
        '440113,"番禺区',
        "440114,花都\udce5\udc8c",  # the first two bytes of 区
        "320102,玄武区",
        "440999F01,某新区",
        "440104002001,某社区",
        "440115,南\u200b沙区",
        "4.40E+05,",
        "44０117,从化区",
    ]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogateescape")
    form = "应为 2、4、6 或 9 位数字（可补零到 6 位或 12 位），功能区为上级代码加 F 和两位数字，请改正"
    assert refusal(path) == (
        f"{path} 有 15 处问题，什么都没有改动：\n"
        f"  第 4 行：代码“44010”有误，{form}\n"
        "  第 5 行：代码 440103 在第 3 行已有，名称却是“荔湾区”，这里是“芳村区”，请只留一个\n"
        "  第 6 行：名称为空，请填写，或删去这一行\n"
        "  第 7 行：名称有 61 个字，最多 60 个，请核对\n"
        "  第 9 行：有 3 个单元格，表头有 2 个，请检查逗号和引号\n"
        "  第 10 行：有 1 个单元格，表头有 2 个，请检查逗号和引号\n"
        "  第 11 行：引号不成对，或单元格内有换行，请改正\n"
        "  第 12 行：有无法解码的字节，请把文件另存为 UTF-8 编码，并核对这一行\n"
        "  第 13 行：文件和区划库中都没有它的上级 3201，请补上上级，或改正代码\n"
        "  第 14 行：文件和区划库中都没有它的上级 440999，请补上上级，或改正代码\n"
        f"  第 15 行：代码“440104002001”有误，{form}\n"
        "  第 16 行：名称含有看不见的字符，请重新键入\n"
        f"  第 17 行：代码“4.40E+05”有误，{form}\n"
        "  第 17 行：名称为空，请填写，或删去这一行\n"
        f"  第 18 行：代码“44０117”有误，{form}"
    )
    assert list(District.objects.values()) == before


def test_a_utf_8_table_with_a_damaged_line_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    damaged = "4401,广州市".encode()[:-1]
    assert damaged.decode("gb18030")
    path.write_bytes("code,name\n44,广东\n".encode() + damaged)
    assert refusal(path) == (
        f"{path} 有 1 处问题，什么都没有改动：\n  第 3 行：有无法解码的字节，请把文件另存为 UTF-8 编码，并核对这一行"
    )
    assert tree() == {}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        pytest.param("table.csv", None, "没有这个文件，请检查路径", id="absent"),
        pytest.param("table.csv", b"", "文件是空的，请换成有 code,name 两列的区划表", id="empty"),
        pytest.param("table.csv", b"\r\n,\r\n", "文件是空的，请换成有 code,name 两列的区划表", id="blank"),
        pytest.param("table.csv", b"code,name\n", "文件只有表头，没有区划，请换成完整的区划表", id="header alone"),
        pytest.param("table.csv", "44,广东省\n".encode(), "表头没有“code（代码）”列", id="no header"),
        pytest.param("table.csv", "代码,简称\n44,粤\n".encode(), "表头没有“name（名称）”列", id="no names"),
        pytest.param("table.csv", "代码,code,名称\n".encode(), "表头有不止一个“code（代码）”列", id="two codes"),
        pytest.param("table.csv", "code,name\n44,广东省\n".encode("utf-16"), "表头没有“code（代码）”列", id="utf-16"),
        pytest.param("table.csv.gz", "code,name\n44,广东省\n".encode(), "不是完好的 gzip 文件", id="not gzip"),
        pytest.param("table.csv", gzip.compress(b"code,name\n")[:-9], "不是完好的 gzip 文件", id="cut gzip"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes | None, fault: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"{path} 有 1 处问题，什么都没有改动：\n  {fault}")
    assert said.count("\n") == 1
    assert tree() == {}


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "文件读不出来，请检查它是不是文件、当前账号有没有读取权限" in refusal(tmp_path)


# Size


@pytest.mark.any_database
def test_a_longer_table_costs_no_more_queries(import_rows: Import) -> None:
    def cost(province: int, counties: int, name: str) -> int:
        rows = [
            f"{province},某省",
            f"{province}01,{name}市",
            *(f"{province}01{n},第{n}区" for n in range(11, counties)),
        ]
        with CaptureQueriesContext(connection) as queries:
            import_rows(*rows)
        return len(queries)

    assert cost(44, 13, "甲") == cost(45, 90, "甲")
    assert cost(44, 13, "乙") == cost(45, 90, "乙")


def test_the_shipped_table_is_whole_and_quick_to_load() -> None:
    started = time.thread_time()
    said = run_import(SHIPPED)
    assert time.thread_time() - started < 3 * slowness()
    assert said.startswith("新增 5690 个，更名 0 个，撤销 0 个，恢复 0 个\n新增：\n  11 北京市\n")
    assert "已写入" not in said
    levels = list(District.objects.values_list("level", flat=True))
    # 2,978 county rows, three of which (东莞市, 中山市, 儋州市) are the cities themselves.
    assert {level: levels.count(level) for level in sorted(set(levels))} == {
        "city": 342,
        "county": 2975,
        "province": 34,
        "town": 2335,
        "zone": 4,
    }
    baiyun = District.objects.get(code="440111")
    assert baiyun.children.count() == 24
    assert {d.name for d in baiyun.children.filter(name__endswith="镇")} == {"人和镇", "太和镇", "钟落潭镇", "江高镇"}
    assert sorted(District.objects.filter(level="zone").values_list("code", "full_name")) == [
        ("440105F01", "广东省广州市海珠区琶洲试验区"),
        ("440112F01", "广东省广州市黄埔区广州开发区"),
        ("440118F01", "广东省广州市增城区增城经济技术开发区"),
        ("4403F01", "广东省深圳市大鹏新区"),
    ]
    with_towns = {code[:4] for code in District.objects.filter(level="town").values_list("code", flat=True)}
    assert {code for code in with_towns if not code.startswith("44")} == {"1504", "2207", "3101"}
    assert not {"441900", "442000", "460400"} & set(tree())


def test_progress_is_told_when_an_import_is_slow(import_rows: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("districts.management.commands.import_districts.PATIENCE", -1)
    assert import_rows("44,广东省", "4401,广州市").startswith("已写入 1 / 2 个区划\n已写入 2 / 2 个区划\n新增 2 个")


def test_what_goes_wrong_midway_undoes_the_whole_import(import_rows: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    import_rows(*GUANGDONG)

    def fail(*args: Any, **kwargs: Any) -> int:
        raise IntegrityError

    monkeypatch.setattr(District.objects, "bulk_update", fail)
    with pytest.raises(IntegrityError):
        import_rows("4401,羊城市", "4403,深圳市")
    assert set(tree()) == {"44", "4401", "440104", "440104002", "440105", "440105001"}


# The tree itself


@pytest.mark.parametrize(
    ("code", "level", "above"),
    [
        ("44", "city", None),
        ("4403", "city", None),
        ("44", "province", "22"),
        ("4403", "county", "44"),
        ("440304001", "county", "44"),
        ("440304", "town", "44"),
        ("440304", "zone", "44"),
    ],
)
def test_the_database_refuses_a_code_of_another_level(code: str, level: str, above: str | None) -> None:
    parent = make_district(above) if above else None
    stored = set(tree())
    with pytest.raises(IntegrityError), transaction.atomic():
        District.objects.create(code=code, name="某地", level=level, parent=parent)
    assert set(tree()) == stored


@pytest.mark.parametrize(
    ("code", "level", "above", "fault"),
    [
        ("4a", "province", None, "代码有误：应为 2、4、6 或 9 位数字，功能区为上级代码加 F 和两位数字"),
        ("4403F1", "zone", "4403", "代码有误：应为 2、4、6 或 9 位数字，功能区为上级代码加 F 和两位数字"),
        ("440104000", "town", "440104", "代码有误：应为 2、4、6 或 9 位数字，功能区为上级代码加 F 和两位数字"),
        ("440304", "county", "4401", "上级区划有误：代码 440304 的上级应为 4403、44"),
        ("440304F01", "zone", "4403", "上级区划有误：代码 440304F01 的上级应为 440304"),
    ],
)
def test_a_form_refuses_a_code_that_does_not_fit_its_place(
    code: str, level: str, above: str | None, fault: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        District(
            code=code, name="某地", full_name="某地", level=level, parent=make_district(above) if above else None
        ).full_clean()
    assert refused.value.messages == [fault]


@pytest.mark.parametrize(
    ("code", "above"),
    [("44", None), ("4401", "44"), ("440104", "4401"), ("110101", "11"), ("441900003", "4419"), ("4403F01", "4403")],
)
def test_a_form_accepts_a_code_in_its_place(code: str, above: str | None) -> None:
    parent = make_district(above) if above else None
    District(code=code, name="某地", full_name="某地", level=District.level_of(code), parent=parent).full_clean()


def test_a_subtree_is_the_place_itself_and_all_below_it(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN, "440104F01,某园区", "4404,珠海市", "4404F01,横琴", "43,湖南省", "45,广西")
    subtree = {
        code: sorted(District.objects.within(District.objects.get(code=code)).values_list("code", flat=True))
        for code in ("44", "4401", "440104", "440104002", "4403", "4403F01")
    }
    assert subtree == {
        "44": sorted(code for code in tree() if code not in {"43", "45"}),
        "4401": ["4401", "440104", "440104002", "440104F01", "440105", "440105001"],
        "440104": ["440104", "440104002", "440104F01"],
        "440104002": ["440104002"],
        "4403": ["4403", "440304", "4403F01"],
        "4403F01": ["4403F01"],
    }
    for code, codes in subtree.items():
        place = District.objects.get(code=code)
        assert codes == sorted(d.code for d in District.objects.all() if d.code.startswith(place.code))


def test_a_subtree_is_one_search_of_an_index() -> None:
    subtree = District.objects.within(make_district("4401"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = subtree.explain()
        assert "Index Cond: (((code)::text >= '4401'::text) AND ((code)::text < '4401z'::text))" in plan
        assert "Filter" not in plan
    else:
        (search,) = subtree.explain().splitlines()
        assert "SEARCH districts_district USING INDEX" in search
        assert search.endswith("(code>? AND code<?)")


@pytest.mark.parametrize(
    ("public", "code"),
    [
        ("44", "44"),
        ("440000", "44"),
        ("440100", "4401"),
        ("440104", "440104"),
        ("440104002", "440104002"),
        ("440104002000", "440104002"),
        ("4403F01", "4403F01"),
    ],
)
def test_a_district_is_found_by_any_form_of_its_code(import_rows: Import, public: str, code: str) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    assert District.objects.by_public_code(public).code == code


@pytest.mark.parametrize("code", ["", "4", "45", "440106", "4401040", "440104002001", "4403F", "44\x00", "广东省"])
def test_no_district_is_found_by_anything_else(import_rows: Import, code: str) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    with pytest.raises(District.DoesNotExist):
        District.objects.by_public_code(code)


def test_public_codes_are_those_of_the_national_standard(import_rows: Import) -> None:
    import_rows(*GUANGDONG[:4], *SHENZHEN)
    assert {d.code: d.public_code for d in District.objects.all()} == {
        "44": "440000",
        "4401": "440100",
        "440104": "440104",
        "440104002": "440104002",
        "4403": "440300",
        "4403F01": "4403F01",
        "440304": "440304",
    }


def test_rows_that_only_hold_a_level_open_are_in_no_name_and_are_no_place(import_rows: Import) -> None:
    import_rows("11,北京市", "1101,市辖区", "110101,东城区", "42,湖北省", "4290,省直辖县级行政区划", "429004,仙桃市")
    assert str(District.objects.get(code="110101")) == "北京市东城区"
    assert str(District.objects.get(code="429004")) == "湖北省仙桃市"
    assert [d.code for d in District.objects.places()] == ["11", "110101", "42", "429004"]
    assert [d.code for d in District.objects.get(code="110101").ancestors()] == ["11"]


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("44", []),
        ("4401", ["44"]),
        ("440104", ["44", "4401"]),
        ("440104002", ["44", "4401", "440104"]),
        ("4403F01", ["44", "4403"]),
        ("440104F01", ["44", "4401", "440104"]),
        ("440104002F01", ["44", "4401", "440104", "440104002"]),
    ],
)
def test_the_codes_above_follow_from_the_code(code: str, above: list[str]) -> None:
    assert District(code=code).ancestor_codes == above


def test_saving_a_new_name_carries_it_to_everything_below(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    guangzhou = District.objects.get(code="4401")
    guangzhou.name = "羊城市"
    with told_of() as names:
        guangzhou.save()
    renamed = {code: row[0] for code, row in tree().items() if "羊城" in row[0]}
    assert renamed == {
        "4401": "广东省羊城市",
        "440104": "广东省羊城市越秀区",
        "440104002": "广东省羊城市越秀区人民街道",
        "440105": "广东省羊城市海珠区",
        "440105001": "广东省羊城市海珠区赤岗街道",
    }
    assert "广州" not in "".join(row[0] for row in tree().values())
    assert sorted(["广东省羊城市", *names]) == sorted(renamed.values())


def test_a_new_name_saved_alone_still_reaches_the_full_names(import_rows: Import) -> None:
    import_rows(*GUANGDONG)
    District.objects.update_or_create(code="440104", defaults={"name": "东山区"})
    assert tree()["440104"][0] == "广东省广州市东山区"
    assert tree()["440104002"][0] == "广东省广州市东山区人民街道"


def test_saving_costs_no_query_per_division_below(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)

    def cost(code: str, name: str) -> int:
        district = District.objects.select_related("parent").get(code=code)
        district.name = name or district.name
        with CaptureQueriesContext(connection) as queries:
            district.save()
        return on_districts(queries)

    assert cost("44", "") == cost("440104", "") == 2
    assert cost("44", "岭南省") == cost("440104", "东山区") == 3


def test_an_import_reads_the_districts_once(import_rows: Import) -> None:
    import_rows(*GUANGDONG, *SHENZHEN)
    with CaptureQueriesContext(connection) as queries:
        import_rows(*GUANGDONG)
    assert on_districts(queries) == 1

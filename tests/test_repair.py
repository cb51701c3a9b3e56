"""Repairing texts that were copied badly: what is put right, what is offered or marked, and what is left alone."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases.repair import Kind, Mended, repair
from cases.repair.draft import Draft, Edit
from cases.repair.found import applied
from tests.builders import make_district, make_draft, make_term
from tests.pace import slowness, within

pytestmark = pytest.mark.any_database

PROSE = "基层党组织要把为民服务的事办好，"
WRAPPED = (
    "街道党工委把三十二个网格的党员编成小组，每周二到居民楼里听意见，\n"
    "能当场办的当场办，不能当场办的记在本子上，约定答复的日子，到期由\n"
    "社区书记上门回话。一年下来，记下的一千二百件事办成了一千一百件。\n"
)


# What is put right, beside what looks like it and is not touched


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        # Pinyin notes: only a reading of the character before them, and only behind a common one.
        ("創(chuàng)新", "创新"),
        ("創（ chuàng ）新", "创新"),
        ("创(chuàng)新", "创新"),
        ("有呼必應(yīng)", "有呼必应"),
        ("成績(jì)單", "成绩单"),
        ("我們(men)", "我们"),
        ("网(wa\u030cng)格", "网格"),
        ("发展党(xiàng)员", "发展党（xiàng）员"),
        ("发展党(dang)员", "发展党（dang）员"),
        ("湴(bàn)湄村", "湴（bàn）湄村"),
        ("开见面(meeting)会", "开见面（meeting）会"),
        # Traditional characters, as the mainland writes them.
        ("著力推動治理現代化，瞭解裏面的情況", "着力推动治理现代化，了解里面的情况"),
        ("乾隆年間的著作，乾淨的後院", "乾隆年间的著作，干净的后院"),
        ("藉此機會答覆羣眾，甚麼都不隱瞞，祇為辦好事", "借此机会答复群众，什么都不隐瞒，只为办好事"),
        ("推動全覆蓋，反覆走訪，於是恢復了衞生", "推动全覆盖，反复走访，于是恢复了卫生"),
        ("党组织引用“中華書局”的书，乾隆、瞭望和著作不动", "党组织引用“中华书局”的书，乾隆、瞭望和著作不动"),
        ("治理創新\n著力推行，乾淨整潔\n著力推行", "治理创新\n着力推行，干净整洁\n着力推行"),
        ("這樣的創新有人管么", "这样的创新有人管么"),
        ("乾务镇的於书记讲“中華”文化", "乾务镇的於书记讲“中华”文化"),
        ("为什么要乾隆瞭望著作於氏", "为什么要乾隆瞭望著作於氏"),
        # Width: letters and digits narrow, punctuation of Chinese sentences wide.
        ("１２３个ＡＰＰ，１．５％，党建＋旅游", "123个APP，1.5%，党建+旅游"),
        ("１２：３０开会，１，３６６人", "12:30开会，1,366人"),
        ("时间:8月,地点(一楼);谁来?都来!", "时间：8月，地点（一楼）；谁来？都来！"),
        ("共1,366人,12:30到,2.4万", "共1,366人，12:30到，2.4万"),
        ("用APP,推进(2018-2020)规划", "用APP，推进（2018-2020）规划"),
        ("见http://a.cn/b?c=d,e:f 党建", "见http://a.cn/b?c=d,e:f 党建"),
        ("见https://案例.cn的说明", None),
        ("The district (越秀), which is old, has 3 offices: one, two.", None),
        ("f(x), a:b; why? yes!", None),
        # Quotation marks, by pairs.
        ("「红苗『青年』工程」和『先锋』", "“红苗‘青年’工程”和“先锋”"),
        ('推行"红苗工程"和"大党委"', "推行“红苗工程”和“大党委”"),
        ("“他说'党建'好”", "“他说‘党建’好”"),
        ("推行“红苗工程“和”大党委”", None),
        ("推行“红苗工程“", "推行“红苗工程”"),
        ('只有一个"的句子', None),
        ("型号'A'的设备", None),
        ("推行“红苗“工程“和", None),
        ("it's 党员's的书", None),
        ("これは「ひらがな」のテキストです", None),
        # Blanks that part nothing.
        ("榜 单 说 明", "榜单说明"),
        ("中共广州市天河区委组织部 天河区科技工业和信息化局", None),
        ("党建引领治理 城中村大变样", None),
        ("深化“红苗工程” 打造“双强共同体”", None),
        ("党建引领治理　　城中村大变样", "党建引领治理 城中村大变样"),
        ("　　内蒙古赤峰， 党建 。 ", "内蒙古赤峰，党建。"),
        ("《 中国城市报 》\u00a0第 08 版", "《中国城市报》 第 08 版"),
        ("  indented = code  # x", None),
        # What nobody sees, and forms that only look the same.
        ("\ufeff党\u200b建\u00ad引领\r\n治理\r好", "党建引领\n治理\n好"),
        ("⼈⺠⾦", "人民金"),
        ("合影👨\u200d👩\u200d👧党\u200d员", "合影👨\u200d👩\u200d👧党员"),
        # Lines that a page broke; headings, items and lines of their own stay.
        ("三等奖\n城北中学党委：“领航课堂”\n江阳区南街街道：“红色小板凳”\n蓬山县赤水镇：“板凳上议事”", None),
        (WRAPPED, WRAPPED.replace("\n", "", 2)),
        ("\n".join([PROSE * 4] * 3), None),
        (f"一、建强组织\n{WRAPPED}", f"一、建强组织\n{WRAPPED.replace(chr(10), '', 2)}"),
        ("关键词一：五项措施\n关键词二：“三大”机制\n关键词三：乡村振兴\n", None),
        ("■某市委常委、组织部长 李某\n■另一市委常委、组织部长 于某\n■第三位作者、街道书记 张某\n", None),
        (
            "中共广州市越秀区委组织部党员教育科\n中共广州市海珠区委组织部党员教育科\n中共广州市白云区委组织部党员教育科",
            None,
        ),
        (
            "街道党工委把三十二个网格的党员编成小组，每周二到居民楼听意见，\n（一）能当场办的当场办，不能当场办的记在本子上，约定答复的日子，\n"
            "（二）到期由社区书记上门回话，一年记下一千二百件，办成一千件，",
            None,
        ),
    ],
)
def test_each_rule_puts_right_what_is_sure_and_nothing_else(given: str, becomes: str | None) -> None:
    assert repair(given).text == (given if becomes is None else becomes)


@pytest.mark.parametrize(
    ("given", "kind", "marked"),
    [
        ("推进“两个覆盖”?;ヂ?lián)网企业自成立以来", Kind.LOST, "?;ヂ?lián)"),
        ("加强基?党建工作", Kind.LOST, "?"),
        ("加强基??党建工作", Kind.LOST, "??"),
        ("基层\ufffd\ufffd党建", Kind.LOST, "\ufffd\ufffd"),
        ("基层ヂ党建", Kind.LOST, "ヂ"),
        ("基层锟斤拷锟斤拷党建", Kind.GARBLED, "锟斤拷锟斤拷"),
        ("基层鍏氬缓引领", Kind.GARBLED, "鍏氬缓"),
        ("基层å…šå»º引领", Kind.GARBLED, "å…šå»º"),
        ("基层\ue123党建", Kind.GARBLED, "\ue123"),
        ("基层\ud800党建創", Kind.GARBLED, "\ud800"),
    ],
)
def test_what_was_lost_or_garbled_is_marked_and_not_guessed(given: str, kind: Kind, marked: str) -> None:
    repaired = repair(given)

    assert repaired.text == given.replace("創", "创")
    assert [(mark.kind, mark.before, mark.after) for mark in repaired.marks] == [(kind, marked, marked)]


@pytest.mark.parametrize(
    "given",
    [
        "如何落到实处？从案例来看",
        "他问：党员呢？都来了",
        "用键盘烫金",
        "联通公司",
        "烫烫的",
        "これはペンです、ヲ使う",
        "入驻优の良品店",
        "在榫橀潗站",
    ],
)
def test_a_clean_text_has_no_marks(given: str) -> None:
    assert repair(given).marks == ()


def test_a_question_between_sentences_is_no_lost_character() -> None:
    repaired = repair("如何把黨的領導落實到處?從案例來看")

    assert (repaired.text, repaired.marks) == ("如何把党的领导落实到处？从案例来看", ())


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ("建立“党建 业务”平台", "建立“党建+业务”平台"),
        ("深化“1 3”机制", "深化“1+3”机制"),
        ("“1 N”模式", "“1+N”模式"),
        ("通过“游戲 知識”寓教於樂", "通过“游戏+知识”寓教于乐"),
        ("关键词三:党建 乡村振兴", "关键词三：党建+乡村振兴"),
        ("“党建　业务”平台", "“党建+业务”平台"),
        ("“云心向党 机关争先”品牌", None),
        ("“魅力五角场 创智新家园”", None),
        ("高质量党建 引领高质量发展", None),
    ],
)
def test_a_plus_that_was_probably_lost_is_only_offered(given: str, accepted: str | None) -> None:
    repaired = repair(given)

    assert "+" not in repaired.text
    assert repaired.without((), range(len(repaired.offers))) == (repaired.text if accepted is None else accepted)
    assert bool(repaired.offers) == (accepted is not None)


def test_each_change_can_be_refused_by_itself() -> None:
    repaired = repair("業(yè)務創(chuàng)新,好")

    assert [(one.kind, one.before, one.after) for one in repaired.changes] == [
        (Kind.SCRIPT, "業", "业"),
        (Kind.NOTE, "(yè)", ""),
        (Kind.SCRIPT, "務創", "务创"),
        (Kind.NOTE, "(chuàng)", ""),
        (Kind.PUNCTUATION, ",", "，"),
    ]
    assert repaired.without({1, 4}) == "业(yè)务创新,好"
    assert [repaired.original[one.start : one.end] for one in repaired.changes] == [c.before for c in repaired.changes]


def test_words_that_are_kept_become_what_they_are_in_the_dictionary() -> None:
    text = "乾務鎮黨委到乾淨的後山著書立說"

    assert repair(text).text == "干务镇党委到干净的后山著书立说"
    assert repair(text, ["乾务镇"]).text == "乾务镇党委到干净的后山著书立说"
    assert repair("越秀乾務鎮", ["乾务镇"]).text == repair(repair("越秀乾務鎮", ["乾务镇"]).text, ["乾务镇"]).text


@pytest.mark.django_db
def test_the_curators_words_and_names_of_districts_are_kept(django_assert_num_queries: Any) -> None:
    from cases.repair.words import words_kept

    make_district("440104")
    make_district("6104", "乾县")
    make_term("后浪乾坤", "於潜精神")
    make_term("停用乾坤", is_active=False)
    with django_assert_num_queries(2):
        kept = words_kept()
    assert kept == ("后浪乾坤", "於潜精神", "乾县")
    assert repair("陝西省乾縣黨委發揚於潛精神", kept).text == "陕西省乾县党委发扬於潜精神"


# Properties

PIECES = [
    *"党建業务创創乾著後么於甚哪吗云 \u3000\n\r\t\"'“”‘’「」『』〝＂＇,，.。:：;；?？!！%％12１Ａb()（）ヂの■金。｡—…",
    *("(chuàng)", "（yè）", "(qián)", "( a )", "\r\n", "\u200b", "\ufeff", "\u00a0", "\u200d", "\x0c", "👨", "\ufffe"),
    *("http://a.cn/", "?;ヂ?lián)", "\ufffd", "锟斤拷", "鍏氬缓", "鍏", "氬", "å…š", "å", "\ue000", "\x93", "⼈"),
    *("榜 單 說 明", "关键词一", "一、", "1.", "lián", PROSE, f"{PROSE}{PROSE}\n", f"{PROSE}推進治理現代化\n"),
]
PATCHWORK = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.lists(st.sampled_from(PIECES), min_size=2, max_size=5).flatmap(
        lambda few: st.lists(st.sampled_from(few), max_size=20).map("".join)
    ),
    st.text(max_size=40),
)
HARD = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@HARD
@given(PATCHWORK, st.booleans())
@example("å…š\u200då…š锟斤拷å…šå…š」隆", True)  # garbled only once what is between is gone
@example("创（ a ）\n創 (chuàng)", False)
def test_repairing_twice_changes_nothing_more(text: str, lines: bool) -> None:
    once = repair(text, lines=lines)
    twice = repair(once.text, lines=lines)

    assert twice.text == once.text
    assert twice.changes == ()


@HARD
@given(PATCHWORK)
def test_changes_lie_apart_and_lead_from_the_original_to_the_text(text: str) -> None:
    repaired = repair(text)
    ends = [0, *(one.end for one in repaired.changes)]

    assert all(end <= one.start < one.end for end, one in zip(ends, repaired.changes, strict=False))
    assert all(text[one.start : one.end] == one.before != one.after for one in repaired.changes)
    assert repaired.without(()) == repaired.text
    assert repaired.without(range(len(repaired.changes))) == text
    assert all(mark.before == mark.after == text[mark.start : mark.end] for mark in repaired.marks)


SENTENCES = st.builds(
    "{}{}，{}{}。".format,
    st.sampled_from(
        ["越秀区委组织部", "“两新”组织党工委", "人民街道（一德商圈）", "《南方日报》", "乾隆年间", "瞭望台"]
    ),
    st.sampled_from(["建成", "在2020年11月16日推行", "出台《关于加强党建的意见》", "打造“红苗工程”"]),
    st.sampled_from(["超过1,366", "2.4万", "近40%的", "“1+N”", "12:30", "APP里的"]),
    st.sampled_from(["名党员", "个网格，占23.5%", "条：一是著作；二是什么", "、人次……", "？是的！", "‘试点’"]),
)
HEADLINES = st.sampled_from(
    ["党建引领治理 城中村大变样", "关键词一：五项措施", "■某报记者 李某某", "一、背景", "（二）做法", ""]
)
CLEAN = st.lists(st.one_of(SENTENCES, HEADLINES), max_size=12).map("\n".join)


@HARD
@given(CLEAN)
def test_a_clean_text_is_not_touched(text: str) -> None:
    repaired = repair(text)

    assert (repaired.text, repaired.changes, repaired.marks) == (text, (), ())


@HARD
@given(st.text("abcdef", max_size=10), st.data())
def test_edits_of_edits_are_changes_of_the_original(text: str, data: st.DataObject) -> None:
    draft = Draft(text)
    for _ in range(data.draw(st.integers(1, 4))):
        edits, place = [], 0
        while place < len(draft.text):
            start = place + data.draw(st.integers(0, 3))
            end = start + data.draw(st.integers(1, 3))
            if end <= len(draft.text):
                edits.append(Edit(start, end, data.draw(st.text("XYZ", max_size=3)), Kind.BLANK, ""))
            place = end
        expected = draft.text
        for edit in reversed(edits):
            expected = expected[: edit.start] + edit.after + expected[edit.end :]
        draft.apply(edits)
        assert draft.text == expected == draft.whole() == applied(text, draft.changes())


# Rich text


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ("<p>創<strong>新</strong>,好 &amp; 快</p>", "<p>创<strong>新</strong>，好 &amp; 快</p>"),
        ("<p>創<strong>(chuàng)新</strong></p>", "<p>创<strong>新</strong></p>"),
        ("<p>党,</p><p>(yè)建 </p>", "<p>党，</p><p>(yè)建 </p>"),
        ('<p><a href="https://a.cn/?党,建">党,建</a></p>', '<p><a href="https://a.cn/?党,建">党，建</a></p>'),
        ("<p>&lt;党&gt;,建</p>", "<p>&lt;党&gt;，建</p>"),
        ('<p>"党<em>建</em>"</p>', "<p>“党<em>建</em>”</p>"),
    ],
)
def test_rich_text_keeps_its_markup(given: str, becomes: str) -> None:
    mended = Mended(given, is_rich=True)

    assert mended.made(set(range(len(mended.spots))) - mended.offered) == becomes
    assert mended.made(()) == given


@pytest.mark.parametrize(
    ("ticked", "becomes"),
    [({0, 1, 2}, "“党建+业务”，好"), ({0, 2}, "“党建 业务”，好"), ({1}, "“党建+业务”,好"), (set(), "“党建　业务”,好")],
)
def test_spots_are_made_as_they_are_ticked(ticked: set[int], becomes: str) -> None:
    mended = Mended("“党建　业务”,好")

    assert [(one.change.after, one.is_offer) for one in mended.spots] == [(" ", False), ("+", True), ("，", False)]
    assert mended.made(ticked) == becomes


def test_how_a_field_breaks_its_lines_is_nothing_to_repair() -> None:
    assert Mended("党建\r\n治理").spots == []


# Time


@pytest.mark.parametrize(
    "piece", ["創(chuàng)新、業(yè)務,推進“治理”體系現(xiàn)代化。", "党?;ヂ?lián)( '\" ?:", "党?「", "党 建\n"]
)
def test_a_long_text_takes_no_longer_for_each_of_its_parts(piece: str) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        repair(piece * count)
        return time.process_time() - begun

    repair(piece)
    short, long = seconds(500), seconds(10_000)
    assert long < 100 * max(short, 0.005)  # twenty times the length; what grows with its square takes 400 times as long


def test_a_run_of_kana_before_a_question_mark_is_read_once() -> None:
    within(5, lambda: repair("か" * 100_000 + "??字"))


def test_two_megabytes_take_less_than_five_seconds() -> None:
    paragraph = f"黨建引領創(chuàng)新,{PROSE * 6}推進業(yè)務發(fā)展,共1,366個“兩新”組織.\n"
    text = paragraph * (2_000_000 // len(paragraph.encode()))
    repair(paragraph)
    begun = time.thread_time()
    repair(text)
    assert time.thread_time() - begun < 5 * slowness()


# The command


def said(*options: str, **more: Any) -> tuple[str, str]:
    out, told = io.StringIO(), io.StringIO()
    call_command("repair_text", *options, stdout=out, stderr=told, no_color=True, **more)
    return out.getvalue(), told.getvalue()


@pytest.mark.django_db
def test_the_command_repairs_a_file_and_tells_each_change(tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_bytes("創(chuàng)新\r\n加强基?党建\n".encode())

    assert said(str(file)) == (
        "创新\n加强基?党建\n",
        "修复 3 处，另有 0 处疑似缺字可补、1 处疑似缺字或乱码，请对照原文。\n",
    )
    assert said(str(file), "--changes")[0].splitlines() == [
        "第 1 行\t繁体字\t創 → 创\t繁体字改为简体字",
        "第 1 行\t注音\t(chuàng) → \t“創”的注音",
        "第 1 行\t换行符\t\\r\\n → \\n\t统一换行符",
        "第 2 行\t疑似缺字\t?\t这里原有的字在转存时丢失了，请对照原文补上（未改，请补正）",
    ]
    with pytest.raises(SystemExit) as ended:
        said(str(file), "--check")
    assert ended.value.code == 1
    file.write_text("创新。\n", encoding="utf-8")
    assert said(str(file), "--check")[0] == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "fault"), [("党建".encode("gb18030"), "不是 UTF-8 编码"), (None, "没有“"), (b"", "不用再写文件名")]
)
def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes | None, fault: str) -> None:
    file = tmp_path / "article.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=fault):
        said(str(file), *(["--cases"] if content == b"" else []))


@pytest.mark.django_db
def test_the_command_lists_the_cases_and_changes_none() -> None:
    case, clean = make_draft("創新,好", approach="“党建 业务”平台。"), make_draft("没有问题")
    out, told = said("--cases")

    assert (str(clean) in out, told) == (False, "1 个案例有可修复、可疑之处。\n")
    assert [line.split("\t")[1:3] for line in out.splitlines()[1:]] == [
        ["标题", "繁体字"],
        ["标题", "标点"],
        ["主要做法", "疑似缺“+”"],
    ]
    case.refresh_from_db()
    assert (case.title, case.version) == ("創新,好", 1)

"""Files that are too large to wait for: asked for, written, handed out, and taken back when something is withdrawn."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from cases.exports import keeping, queue, writing
from cases.exports.forms import FORMS
from cases.exports.kinds import KINDS
from cases.models import AwardList, Case, ExportFile
from cases.models.export_file import folder
from cases.views import export
from tests.builders import make_case, make_draft, make_list, make_sector, make_shortlist, make_user
from tests.exporting import PAGE, asked_for, content_of, page_of, saved_as, write_waiting, written
from tests.pages import queries_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def nothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every file of a case or more for a large one."""
    for name, form in FORMS.items():
        monkeypatch.setitem(FORMS, name, replace(form, at_once=0))


def titles(content: bytes) -> list[Any]:
    rows = list(load_workbook(io.BytesIO(content))["案例"].iter_rows(values_only=True))
    return [row[1] for row in rows[1:]]


def age(file: ExportFile, **fields: timedelta) -> None:
    """Have these times of a file been so long ago."""
    ExportFile.objects.filter(pk=file.pk).update(**{name: timezone.now() - ago for name, ago in fields.items()})


def test_a_large_file_is_written_by_the_worker_and_handed_out(client: Client) -> None:
    make_case("甲", year=2021, sector=make_sector("农村", "rural"))
    make_case("乙", year=2020, sector=make_sector("农村", "rural"))
    make_case("不该出现", sector=make_sector("机关", "government"))
    make_draft("草稿", sector=make_sector("农村", "rural"))

    file = asked_for(client, "/cases/export.xlsx?sector=rural&sort=oldest")
    assert "正在排队" in text_of(page_of(client, file))
    write_waiting()

    page = text_of(page_of(client, file))
    assert "已经做好" in page
    assert "筛选条件 农村" in page
    assert "排序 最早在前" in page
    response: Any = client.get(file.get_download_url(), headers={"accept-encoding": "gzip"})
    content = b"".join(response.streaming_content)
    assert titles(content) == ["乙", "甲"]
    assert int(response["Content-Length"]) == len(content)
    assert response["Content-Type"] == FORMS["xlsx"].content_type
    assert saved_as(response) == ("基层党建创新案例 今天.xlsx", "cases.xlsx")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("form", list(FORMS))
def test_what_the_worker_writes_is_what_is_written_at_once(
    client: Client, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(3):
        make_case(f"案例{index}", figures=[{"indicator": "数", "value": index, "unit": "个"}])
    address = f"/cases/export.{form}?sort=title&column=number&column=title&column=figures"
    later = content_of(client, written(client, address))

    monkeypatch.setitem(FORMS, form, replace(FORMS[form], at_once=3))
    assert len(client.get(address).content) == pytest.approx(
        len(later), abs=40 if form in {"xlsx", "docx", "pdf"} else 0
    )


def test_a_small_file_comes_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMS, "csv", replace(FORMS["csv"], at_once=1))
    make_case()

    assert client.get("/cases/export.csv").status_code == 200
    make_case()
    assert client.get("/cases/export.csv").status_code == 303
    assert ExportFile.objects.count() == 1


def test_files_are_private_on_the_disk_and_their_names_tell_nothing(client: Client) -> None:
    make_case()
    file = written(client)

    assert [path.name for path in folder().iterdir()] == [file.name]
    assert re.fullmatch(r"[0-9a-f]{32}\.xlsx", file.name)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert folder().stat().st_mode & 0o777 == 0o700


def test_a_file_with_a_case_that_was_withdrawn_is_deleted_and_not_given_out(client: Client) -> None:
    kept, withdrawn = make_case("留下"), make_case("撤下")
    file = written(client)
    assert sorted(titles(content_of(client, file))) == ["撤下", "留下"]
    path = file.path

    withdrawn.withdraw(by=None)
    response = client.get(file.get_download_url(), headers=PAGE)

    assert response.status_code == 410
    assert "文件已经删除" in text_of(response)
    assert f'href="{file.address}"' in response.content.decode()
    assert not path.exists()
    assert page_of(client, file).status_code == 410
    assert titles(content_of(client, written(client))) == [kept.title]


def test_a_case_withdrawn_while_its_file_is_written_is_not_given_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("撤下")
    write = FORMS["xlsx"].write

    def write_slowly(*arguments: Any) -> None:
        write(*arguments)
        case.withdraw(by=None)

    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=write_slowly))
    file = asked_for(client)
    write_waiting()

    assert client.get(file.get_download_url()).status_code == 410


def test_a_case_withdrawn_between_reading_and_writing_is_not_given_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("撤下")
    make_list(slug="shown", cases=[case])
    describe = KINDS["award"].describe
    file = asked_for(client, "/awards/shown/export.csv")

    def describe_slowly(asked: Any) -> Any:
        export = describe(asked)
        case.withdraw(by=None)
        return export

    monkeypatch.setitem(KINDS, "award", replace(KINDS["award"], describe=describe_slowly))
    write_waiting()

    assert client.get(file.get_download_url()).status_code == 410


def test_a_file_with_a_list_that_was_taken_back_is_not_given_out(client: Client) -> None:
    make_list("撤下的榜单", slug="shown", cases=[make_case()])
    addresses = ["/cases/export.xlsx", "/cases/export.xlsx?list=shown", "/awards/shown/export.csv"]
    files = [written(client, address) for address in addresses]
    assert "撤下的榜单" in text_of(page_of(client, files[1]))

    AwardList.objects.update(status="draft")

    assert [client.get(file.get_download_url()).status_code for file in files] == [410, 410, 410]
    for file in files:  # nor is its name told, by the page or by what programs get
        assert "撤下的榜单" not in text_of(page_of(client, file))
        assert "撤下的榜单" not in client.get(file.get_absolute_url()).content.decode()


def test_statistics_with_a_case_that_was_withdrawn_are_not_given_out(client: Client) -> None:
    cases = [make_case(f"案例{n}", figures=[{"indicator": "数", "value": n, "unit": "个"}]) for n in range(5)]
    file = written(client, "/statistics/export.csv?table=single-figures")
    assert "案例3" in content_of(client, file).decode()

    cases[3].withdraw(by=None)

    assert client.get(file.get_download_url()).status_code == 410


def test_other_changes_leave_a_file_as_it_is_and_its_page_says_so(client: Client) -> None:
    case = make_case("旧题")
    file = written(client)
    assert "有过改动" not in text_of(page_of(client, file))

    Case.objects.filter(pk=case.pk).update(title="新题")
    make_case("另一个")

    assert titles(content_of(client, file)) == ["旧题"]
    assert "此后库中的内容有过改动" in text_of(page_of(client, file))


def test_a_file_of_which_it_is_not_known_what_it_tells_is_good_until_anything_changes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(asked: Any) -> Any:
        export = KINDS["library"].describe(asked)
        export.told = None
        return export

    monkeypatch.setitem(KINDS, "cases", replace(KINDS["cases"], describe=describe))
    make_case()
    file = written(client)
    assert content_of(client, file)

    make_case()

    assert client.get(file.get_download_url()).status_code == 410


def test_the_same_question_gets_the_same_file_while_nothing_changes(client: Client) -> None:
    make_case("甲")
    waiting = asked_for(client, "/cases/export.xlsx?sort=title&year=2020")
    assert asked_for(Client(), "/cases/export.xlsx?year=2020&sort=title&q=") == waiting
    assert asked_for(client, "/cases/export.csv?year=2020&sort=title") != waiting
    assert asked_for(client, "/cases/export.xlsx?year=2020&sort=title&column=title") != waiting
    write_waiting()
    assert asked_for(Client(), "/cases/export.xlsx?sort=title&year=2020") == waiting

    make_case("乙")

    assert asked_for(client, "/cases/export.xlsx?sort=title&year=2020") != waiting


def test_all_columns_chosen_are_no_choice(client: Client) -> None:
    make_case()
    names = [column.name for column in KINDS["cases"].describe(_question()).columns]
    every = "&".join(f"column={name}" for name in names)

    assert asked_for(client, f"/cases/export.xlsx?{every}") == asked_for(client)


def _question() -> Any:
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict

    from cases.exports.asked import Asked

    return Asked("cases", "xlsx", QueryDict(), AnonymousUser(), "http://testserver")


def test_a_file_that_was_taken_back_or_failed_or_expires_soon_is_not_handed_on(client: Client) -> None:
    make_case()
    for fields in ({"is_outdated": True}, {"fault": "出错"}, {"expires_at": timezone.now() + timedelta(hours=1)}):
        file = asked_for(client)
        ExportFile.objects.filter(pk=file.pk).update(**fields)
        assert asked_for(client) != file
        ExportFile.objects.all().delete()


def test_what_a_curator_asks_for_is_the_curators_alone(client: Client, checker: Client) -> None:
    make_case()
    file = written(checker)

    assert not file.is_public
    assert content_of(checker, file)
    for other in (client, Client()):
        assert other.get(file.get_absolute_url()).status_code == 404
        assert other.get(file.get_download_url()).status_code == 404
        other.force_login(make_user())
        assert other.get(file.get_absolute_url()).status_code == 404
    assert asked_for(client) != file


def private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "cases", replace(KINDS["cases"], is_private=True))


def test_a_private_file_is_for_the_session_that_asked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    private(monkeypatch)
    make_case()
    file = written(client)

    assert content_of(client, file)
    assert Client().get(file.get_download_url()).status_code == 404
    other = Client()
    assert asked_for(other) != file
    assert other.get(file.get_download_url()).status_code == 404


def test_a_private_file_is_gone_when_it_can_no_longer_be_described(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.http import Http404

    private(monkeypatch)
    make_case()
    file = written(client)

    def revoked(asked: Any) -> Any:
        raise Http404

    monkeypatch.setitem(KINDS, "cases", replace(KINDS["cases"], describe=revoked))
    assert client.get(file.get_download_url()).status_code == 410


def test_a_private_file_is_gone_when_one_of_its_columns_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    private(monkeypatch)
    make_case()
    file = written(client)
    describe = KINDS["cases"].describe

    def without_the_last(asked: Any) -> Any:
        export = describe(asked)
        export.columns = export.columns[:-1]
        return export

    monkeypatch.setitem(KINDS, "cases", replace(KINDS["cases"], describe=without_the_last))
    assert client.get(file.get_download_url()).status_code == 410


def test_a_file_expires_and_its_page_offers_to_make_it_again(client: Client) -> None:
    make_case()
    file = written(client, "/cases/export.csv?year=2020")
    path = file.path
    ExportFile.objects.update(expires_at=timezone.now())

    for address in (file.get_absolute_url(), file.get_download_url()):
        response = client.get(address, headers=PAGE)
        assert response.status_code == 410
        assert "文件已经过期" in text_of(response)
        assert 'href="/cases/export.csv?year=2020"' in response.content.decode()
    call_command("clear_exports", stdout=io.StringIO())
    assert not path.exists()
    assert page_of(client, file).status_code == 410
    age(file, expires_at=timedelta(days=8))
    call_command("clear_exports", stdout=io.StringIO())
    assert page_of(client, file).status_code == 404


def test_clearing_leaves_what_is_still_wanted(client: Client) -> None:
    import os
    import time

    make_case()
    file = written(client)
    stray, fresh = folder() / "0.xlsx.part", folder() / "1.xlsx.part"
    for path in (stray, fresh):
        path.touch()
    os.utime(stray, (time.time() - 7200,) * 2)
    os.utime(file.path, (time.time() - 7200,) * 2)
    said = io.StringIO()

    call_command("clear_exports", stdout=said)

    assert said.getvalue() == "已删除 1 个文件\n"
    assert {path.name for path in folder().iterdir()} == {file.name, fresh.name}
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=8))
    call_command("clear_exports", stdout=said)
    assert DBTaskResult.objects.count() == 0


def test_a_key_that_was_not_given_out_leads_nowhere(client: Client) -> None:
    make_case()
    file = written(client)

    assert len(file.key) >= 32
    assert client.get(f"/exports/{file.key[:-1]}/").status_code == 404
    assert client.get("/exports/x/file").status_code == 404


def test_before_it_is_written_the_file_s_address_leads_to_its_page(client: Client) -> None:
    make_case()
    file = asked_for(client)

    assert client.get(file.get_download_url())["Location"] == file.get_absolute_url()


def test_programs_are_told_in_json(client: Client) -> None:
    make_case()
    file = asked_for(client, "/cases/export.json?year=2020")

    waiting = client.get(file.get_absolute_url())
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "3")
    assert (waiting.json()["state"], waiting.json()["file"]) == ("waiting", None)
    write_waiting()
    done = client.get(file.get_absolute_url())
    assert done.status_code == 200
    data = done.json()
    assert (data["state"], data["done"], data["total"]) == ("done", 1, 1)
    assert data["file"] == f"http://testserver{file.get_download_url()}"
    assert data["again"] == "http://testserver/cases/export.json?year=2020"
    assert json.loads(content_of(client, file))["count"] == 1
    ExportFile.objects.update(expires_at=timezone.now())
    assert client.get(file.get_absolute_url()).status_code == 410


def test_one_reader_cannot_fill_the_queue(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_EACH", 2)
    make_case()
    for year in (2019, 2020):
        make_case(year=year)
    for column in ("title", "number"):
        asked_for(client, f"/cases/export.xlsx?column={column}")

    refused = client.get("/cases/export.xlsx?column=summary", headers=PAGE)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "已有 2 个文件正在制作" in text_of(refused)
    assert client.get("/cases/export.xlsx?column=summary").json()["detail"].startswith("您（或同一网络的读者）已有")
    assert Client(REMOTE_ADDR="203.0.113.9").get("/cases/export.xlsx?column=summary").status_code == 303
    write_waiting()
    assert client.get("/cases/export.xlsx?column=background").status_code == 303


def test_new_sessions_do_not_fill_the_queue(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_EACH", 2)
    shared = make_shortlist(make_case(), share_token="shared")
    address = f"/shortlist/shared/{shared.share_token}/export.xlsx"

    assert [Client().get(address).status_code for _ in range(4)] == [303, 303, 429, 429]
    assert Client(REMOTE_ADDR="203.0.113.9").get(address).status_code == 303


def test_the_queue_has_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 1)
    make_case()
    asked_for(client)

    refused = Client(REMOTE_ADDR="203.0.113.9").get("/cases/export.xlsx?column=title", headers=PAGE)

    assert refused.status_code == 503
    assert "正在排队的导出太多" in text_of(refused)
    assert ExportFile.objects.count() == DBTaskResult.objects.count() == 1


def test_the_disk_is_not_filled(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case()
    written(client)
    monkeypatch.setattr(queue, "MOST_BYTES", 100)

    refused = client.get("/cases/export.xlsx?column=title", headers=PAGE)

    assert refused.status_code == 503
    assert "空间已满" in text_of(refused)


@pytest.mark.parametrize(("proxies", "is_one"), [(0, True), (1, False)])
def test_readers_are_told_apart_by_an_address_that_they_cannot_make_up(
    monkeypatch: pytest.MonkeyPatch, settings: Any, proxies: int, is_one: bool
) -> None:
    settings.PROXIES = proxies
    monkeypatch.setattr(queue, "MOST_EACH", 1)
    make_case()
    answers = [
        Client().get(f"/cases/export.xlsx?column={column}", headers={"x-forwarded-for": address})
        for column, address in (("title", "203.0.113.1"), ("number", "203.0.113.2"))
    ]

    assert [answer.status_code for answer in answers] == [303, 429 if is_one else 303]


def test_one_reader_cannot_take_all_the_room(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case()
    file = written(client)
    monkeypatch.setattr(queue, "MOST_BYTES_EACH", file.size)

    refused = client.get("/cases/export.xlsx?column=title", headers=PAGE)

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert "已占满份额" in text_of(refused)
    assert client.get("/cases/export.xlsx")["Location"] == file.get_absolute_url()
    assert Client(REMOTE_ADDR="203.0.113.9").get("/cases/export.xlsx?column=title").status_code == 303


def test_a_file_that_cannot_be_written_says_so_and_leaves_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(export: Any, file: Any, progress: Any) -> None:
        file.write(b"half")
        raise RuntimeError("secret detail")

    make_case()
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=broken))
    file = asked_for(client)
    write_waiting()

    page = page_of(client, file)
    assert page.status_code == 200
    assert "没有做成" in text_of(page)
    assert writing.BROKEN in text_of(page)
    assert "secret" not in page.content.decode()
    assert list(folder().iterdir()) == []
    assert "secret detail" in caplog.text


def test_a_full_disk_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(export: Any, file: Any, progress: Any) -> None:
        raise OSError(28, "No space left on device")

    make_case()
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=full))
    file = asked_for(client)
    write_waiting()

    assert writing.NO_ROOM in text_of(page_of(client, file))


def test_a_list_that_was_taken_back_meanwhile_is_not_written(client: Client) -> None:
    make_list("撤下的榜单", slug="shown", cases=[make_case()])
    files = [asked_for(client, address) for address in ("/awards/shown/export.csv", "/cases/export.csv?list=shown")]
    AwardList.objects.update(status="draft")
    write_waiting()

    for file, said in zip(files, (writing.GONE, "没有这个榜单"), strict=True):
        page = text_of(page_of(client, file))
        assert said in page
        assert "撤下的榜单" not in page


def test_a_user_who_was_barred_meanwhile_gets_nothing_written(checker: Client) -> None:
    from django.contrib.auth.models import User

    make_case()
    file = asked_for(checker)
    User.objects.update(is_active=False)
    write_waiting()

    file.refresh_from_db()
    assert file.fault == writing.GONE


def test_a_file_that_was_lost_says_so(client: Client) -> None:
    make_case()
    file = written(client)
    file.path.unlink()

    assert keeping.LOST in text_of(page_of(client, file))
    assert client.get(file.get_download_url())["Location"] == file.get_absolute_url()


def test_a_file_whose_writer_died_is_written_again_once(client: Client) -> None:
    make_case("甲")
    file = asked_for(client)
    for attempt in (1, 2):
        claimed = writing._claimed(file.pk)  # a process takes it and dies
        assert claimed
        assert "正在制作" in text_of(page_of(client, file))
        age(file, touched_at=timedelta(seconds=61))
        page = text_of(page_of(client, file))
        assert ("正在排队" if attempt == 1 else writing.INTERRUPTED) in page


def test_the_upkeep_takes_up_what_dead_processes_left(client: Client) -> None:
    make_case("甲")
    file = asked_for(client)
    writing._claimed(file.pk)
    DBTaskResult.objects.update(status="RUNNING")
    age(file, touched_at=timedelta(seconds=61))
    write_waiting()
    assert not ExportFile.objects.get().done_at

    keeping.tend()
    write_waiting()

    assert titles(content_of(client, ExportFile.objects.get())) == ["甲"]


def test_the_upkeep_finds_a_file_whose_task_was_lost(client: Client) -> None:
    make_case("甲")
    file = asked_for(client)
    DBTaskResult.objects.all().delete()
    keeping.tend()
    assert not DBTaskResult.objects.exists()
    age(file, asked_at=timedelta(seconds=61))

    keeping.tend()
    keeping.tend()

    assert DBTaskResult.objects.count() == 1
    write_waiting()
    assert ExportFile.objects.get().done_at


def test_a_writer_that_was_taken_for_dead_gives_way(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case("甲")
    write = FORMS["xlsx"].write

    def sleep_and_write(*arguments: Any) -> None:
        age(file, touched_at=timedelta(seconds=61))
        keeping.tend()
        write(*arguments)

    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=sleep_and_write))
    file = asked_for(client)
    writing.write_export.call(file.pk)

    assert list(folder().iterdir()) == []
    assert ExportFile.objects.get().state == "waiting"
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=write))
    write_waiting()
    assert titles(content_of(client, file)) == ["甲"]


def test_a_worker_that_is_told_to_stop_leaves_the_file_to_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case("甲")
    write = FORMS["xlsx"].write

    def stopped(*arguments: Any) -> None:
        raise SystemExit(1)

    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=stopped))
    file = asked_for(client)
    with pytest.raises(SystemExit):
        writing.write_export.call(file.pk)

    file.refresh_from_db()
    assert (file.state, file.attempts) == ("waiting", 0)
    assert list(folder().iterdir()) == []
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], write=write))
    write_waiting()
    assert titles(content_of(client, file)) == ["甲"]


def test_progress_is_noted_now_and_then_and_goes_on_through_further_tables(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case()
    file = writing._claimed(asked_for(client).pk)
    assert file
    pulse = writing.Pulse(file)
    for done in range(1, 101):
        pulse(done)
    file.refresh_from_db()
    assert file.done == 0
    monkeypatch.setattr(writing, "STEP", 0)
    for done in range(1, 11):
        pulse(done)
    file.refresh_from_db()
    assert file.done == 110


def test_where_no_worker_runs_a_waiting_file_says_so(client: Client) -> None:
    make_case()
    file = asked_for(client)
    assert "可能没有运行" not in text_of(page_of(client, file))
    age(file, asked_at=timedelta(seconds=61))
    assert "后台的导出程序可能没有运行" in text_of(page_of(client, file))
    other = asked_for(client, "/cases/export.csv")
    writing._claimed(other.pk)
    assert "前面还有 1 个文件" in text_of(page_of(client, file))


def test_large_statistics_are_written_later_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make_case(f"案例{number}", figures=[{"indicator": "数", "value": number, "unit": "个"}])
    file = written(client, "/statistics/export.xlsx?year=2020")

    book = load_workbook(io.BytesIO(content_of(client, file)))
    assert "按年度" in book.sheetnames
    assert client.get("/statistics/export.csv?table=year").status_code == 200
    assert client.get("/statistics/export.csv?table=nope").status_code == 404


def test_a_page_and_a_file_cost_the_same_for_a_longer_file(client: Client) -> None:
    def costs(address: str) -> list[int]:
        file = written(client, address)
        Case.objects.update(summary="改过")  # no longer the same edition
        pages = queries_of(client, file.get_absolute_url(), file.get_download_url())
        return list(pages.values())

    make_list(slug="shown", cases=[make_case(), make_case()])
    few = costs("/cases/export.csv")
    make_list(slug="other", cases=[make_case() for _ in range(6)])
    assert costs("/cases/export.csv?sort=title") == few


def test_a_heavy_file_goes_to_the_queue_while_another_is_written(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, "pdf", replace(FORMS["pdf"], at_once=10))
    make_case(number="2020-0001")

    with export.HEAVY:
        assert client.get("/cases/2020-0001/export.pdf").status_code == 303
    assert client.get("/cases/2020-0001/export.pdf").status_code == 200
    assert export.HEAVY.acquire(blocking=False)
    export.HEAVY.release()


def test_a_file_that_is_cleared_while_it_is_asked_for_is_lost_and_not_an_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case()
    file = written(client)
    look_after = keeping.look_after

    def cleared(file: ExportFile) -> ExportFile:
        found = look_after(file)
        if found.name:
            found.path.unlink()
        return found

    monkeypatch.setattr("cases.views.export_file.look_after", cleared)

    assert keeping.LOST in text_of(client.get(file.get_download_url(), headers=PAGE))

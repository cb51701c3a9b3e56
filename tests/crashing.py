"""Processes to be killed by `test_search_crashes`: this one imports everything once, forks, and reports in JSON."""

import json
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import Any

import django
from django.conf import settings
from django.db import connections, transaction

# How long a round's processes may live, and after how many of its steps with files one may die, at the most.
LONGEST_LIFE = 0.45
MOST_STEPS = 60
# What a process does with files that another can see the half of.
STEPS = frozenset({"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"})
PATIENCE = 5.0
MOST_CASES, LEAST_CASES = 40, 10
# In the title of every case.
COMMON = "样板"
BREAK_OFF_AFTER = (0.0, 0.4, 1.2)


def report(**values: Any) -> None:
    os.write(1, (json.dumps(values, ensure_ascii=False) + "\n").encode())


def start(job: Callable[[], object]) -> int:
    """Do a job in a process of its own and return its id; one that fails tells why and ends with 1."""
    connections.close_all()
    if process := os.fork():
        return process
    code = 1
    try:
        job()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def die_at_step(last: int, job: Callable[[], object]) -> None:
    """Do a job until this process is about to do this step, counted from 1, with the files of the index."""
    root, steps = str(settings.SEARCH_ROOT), count(1)

    def watch(event: str, details: tuple[Any, ...]) -> None:
        if event not in STEPS or not str(details[0]).startswith(root) or str(details[0]).endswith(".lock"):
            return
        is_reading = event == "open" and not details[2] & (os.O_WRONLY | os.O_RDWR)
        if not is_reading and next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    job()


def new_title(chance: random.Random) -> str:
    return f"第{chance.randrange(10**9)}号{COMMON}"


def write(chance: random.Random) -> None:
    """Change cases for ever in every way there is, with the thread that brings it into the index."""
    from cases import search
    from cases.models import Case
    from tests.builders import make_draft

    def publish() -> None:
        withdrawn = Case.objects.filter(status=Case.Status.WITHDRAWN)
        is_full = Case.objects.count() >= MOST_CASES
        case = chance.choice(withdrawn) if is_full and withdrawn else make_draft(new_title(chance))
        case.publish(by=None)

    def withdraw() -> None:
        published = Case.objects.published()
        if len(published) > LEAST_CASES:
            chance.choice(published).withdraw(by=None)

    def rename() -> None:
        case = chance.choice(Case.objects.all())
        case.title = new_title(chance)
        case.save()

    def rename_many() -> None:
        with transaction.atomic():
            cases = chance.sample(list(Case.objects.all()), 3)
            for case in cases:
                case.title = new_title(chance)
            Case.objects.bulk_update(cases, ["title"])
            search.record(case.pk for case in cases)

    search.wake()
    while True:
        enough = Case.objects.count() > LEAST_CASES
        chance.choice([publish, withdraw, rename, rename_many] if enough else [publish])()


def rebuild_for_ever() -> None:
    from cases import search

    while True:
        try:
            search.rebuild()
        except search.AlreadyRebuilding:
            sleep(0.01)


def differences() -> Iterator[str]:
    """Say what the index itself answers otherwise than it should, by each title and by what all titles have."""
    from cases.models import Case
    from cases.search import generations, live, thesaurus
    from cases.search.query import parse

    cases = list(Case.objects.all())
    published = {case.pk for case in cases if case.is_published}
    questions = {f"“{case.title}”": {case.pk} & published for case in cases} | {COMMON: published}
    try:
        for text, expected in questions.items():
            ranked = live.ask(parse(text), thesaurus.current()).ranked
            if sorted(ranked) != sorted(expected):
                yield f"{text}: {sorted(ranked)} instead of {sorted(expected)}"
    except generations.Unusable as reason:
        yield str(reason)


def busyness() -> float:
    """How many times as long as alone this process takes for its work, because others want the processors, too."""
    began, used = monotonic(), process_time()
    while process_time() - used < 0.1:
        pass
    return max(1.0, (monotonic() - began) / 0.1)


def wake_up(**values: Any) -> None:
    """Do what a web process does when it starts, and report how long it took until the index was right."""
    from cases import search
    from cases.search import generations

    patience = PATIENCE * busyness()
    started = monotonic()
    search.wake()
    while (wrong := list(differences())) and monotonic() - started < patience:
        sleep(0.02)
    seconds = monotonic() - started
    search.stop()
    with generations.rebuild_lock(), generations.drain_lock(1):
        report(**values, seconds=round(seconds, 2), wrong=wrong)


def rounds(number: int, seed: int) -> None:
    """Kill, so many times, a process that writes and one that rebuilds; each time start a new one and look."""
    for serial in range(number):
        kill_and_wake_up(serial, random.Random(f"{seed} {serial}"))
    os.waitpid(start(rebuild_once), 0)


def kill_and_wake_up(serial: int, chance: random.Random) -> None:
    """One round; each process dies at some step or, if its number is 0 or too high, at some time."""
    steps = [chance.choice([0, chance.randint(1, MOST_STEPS)]) for _ in range(2)]
    jobs: list[Callable[[], object]] = [lambda: write(chance), rebuild_for_ever]
    processes = [start(partial(die_at_step, step, job)) for step, job in zip(steps, jobs, strict=True)]
    sleep(chance.uniform(0.05, LONGEST_LIFE))
    for process in processes:
        os.kill(process, signal.SIGKILL)
    killed = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
    last = start(lambda: wake_up(round=serial, steps=steps, killed=killed))
    if os.waitpid(last, 0)[1]:
        sys.exit(f"round {serial}: the new process failed")


def rebuild_once() -> None:
    from cases import search

    report(count=search.rebuild().count)


def born(process: int) -> str:
    """When a process started; nothing if it has ended."""
    try:
        state, *rest = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else rest[18]


def children(process: int) -> dict[int, str]:
    """The processes that this one started, and when."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == process and (when := born(int(folder.name))):
            found[int(folder.name)] = when
    return found


def helper_of(process: int) -> int:
    """Wait until a rebuild has its helper, and return the helper's id."""
    while True:
        for child in children(process):
            if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
                return child
        if not born(process):
            sys.exit("the rebuild ended without a helper")
        sleep(0.01)


def orphans(moment: float) -> None:
    """Kill a rebuild so many seconds after its helper began; report what is left of it, and how long it was there."""
    process = start(rebuild_once)
    helper_of(process)
    sleep(moment)
    os.kill(process, signal.SIGSTOP)
    started = children(process)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    killed = monotonic()
    while (left := [p for p, when in started.items() if born(p) == when]) and monotonic() - killed < PATIENCE:
        sleep(0.02)
    report(moment=moment, started=len(started), left=len(left), seconds=round(monotonic() - killed, 2))
    for other in left:
        os.kill(other, signal.SIGKILL)


def helpers() -> None:
    """Kill rebuilds that have a helper, then helpers of rebuilds."""
    for moment in BREAK_OFF_AFTER:
        orphans(moment)
    for moment in BREAK_OFF_AFTER:
        process = start(rebuild_once)
        helper = helper_of(process)
        sleep(moment)
        os.kill(helper, signal.SIGKILL)
        report(moment=moment, ended=os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def read(seconds: int) -> None:
    """Read for so long as another process of the site would."""
    from tests.test_search_crashes import reading

    report(**reading(seconds))


def main(command: str, *numbers: str) -> None:
    django.setup()
    from cases import search

    search.load()
    commands: dict[str, Callable[..., None]] = {"rounds": rounds, "helpers": helpers, "read": read}
    commands[command](*map(int, numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])

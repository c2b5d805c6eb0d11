"""Published figures are a record: was, is and why after a re-run, nothing after the same one."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kpilib.errors import ReportError
from kpilib.monthly import checks, ledger, publish, why, workers
from kpilib.monthly.basis import Basis
from kpilib.monthly.job import Places
from kpilib.monthly.restated import MARK, TOPICS, completed, recorded
from kpilib.monthly.run import run
from kpilib.period import Period
from kpilib.settings import Settings
from tests.monthly.standin import put

MONTH = "2026-10"
PLAN = """
objectives:
  - id: growth
    statement: {{en: More visits, fr: Davantage de visites}}
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - id: kr_visits
        kpi: sessions
        label: {{en: Visits of the site, fr: Visites du site}}
        mode: from_to
        unit: count
        baseline: 0
        target: {target}
        {revisions}
"""
LOGGED = (
    "revisions: [{date: 2026-10-15, was: 10, why: {en: Two <b>new</b> courses, fr: Deux stages}}]"
)
CELL = re.compile(r"<t([hd])[^>]*>(.*?)</t\1>", re.S)


def lines(page: str) -> list[list[str]]:
    """Return the cells of every restated figure of a month's index, as a reader sees them."""
    table = page.partition('id="restated"')[2]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell.replace("<span", " | <span")) for _, cell in CELL.findall(row)]
        for row in rows
    ]


class Story:
    """A month published five times: as it was, again, with a late row, with another target."""

    def __init__(self, place: Path) -> None:
        self.data = place / "data" / "small"
        (self.data / "tables").mkdir(parents=True)
        (self.data / "company.yaml").write_text(
            "name: Small\nlang: [en, fr]\nas_of: 2026-10-31\ntimezone: UTC\n"
        )
        self.folders = {"data": self.data, "notebooks": place / "notebooks", "out": place / "out"}
        self.folders["notebooks"].mkdir()
        put(self.folders["notebooks"], "recorded:plan")
        self.root = place / "out" / "small"
        self.visits(10)
        self.plan(10)
        self.told = {}
        self.publish("first", "again")
        self.visits(11)
        self.publish("late")
        self.plan(20)
        self.publish("target")
        self.plan(20, LOGGED)
        self.publish("logged")

    def visits(self, count: int) -> None:
        """So many visits, a day each."""
        rows = [f"s{day},2026-10-{day:02d}T09:00:00Z" for day in range(1, count + 1)]
        path = self.data / "tables" / "sessions.csv"
        path.write_text("\n".join(["session_id,started_at", *rows]) + "\n")

    def plan(self, target: int, revisions: str = "") -> None:
        """Another target."""
        path = self.data / "objectives.yaml"
        path.write_text(PLAN.format(target=target, revisions=revisions))

    def publish(self, *names: str) -> None:
        """Run the month and keep what lies there."""
        for name in names:
            assert run(MONTH, Places(**self.folders), jobs=2).exit_code == 0
            self.told[name] = {
                path.relative_to(self.root).as_posix(): path.read_bytes()
                for path in self.root.rglob("*")
                if path.is_file()
            }

    def page(self, name: str, path: str = f"{MONTH}/index.html") -> str:
        return self.told[name][path].decode()

    def rows(self, name: str, kpi: str) -> list[dict[str, str]]:
        table = csv.DictReader(io.StringIO(self.told[name]["ledger.csv"].decode()))
        return [row for row in table if row["kpi"] == kpi]


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


def test_the_first_publication_is_recorded_and_nothing_is_restated(story):
    (visits,) = story.rows("first", "sessions")
    assert (visits["publication"], visits["value"], visits["as_of"]) == ("1", "10", "2026-10-31")
    assert visits["tables"].startswith("sessions:10:")
    (verdict,) = story.rows("first", "verdict")
    assert (verdict["verdict"], verdict["target"], verdict["group"]) == (
        "success",
        "10",
        "kr_visits",
    )
    assert verdict["tables"].startswith("sessions:10:")  # of the KPI that it judges
    assert "Restated" not in story.page("first") + story.page("first", f"{MONTH}/plan.html")


def test_f82_the_same_run_twice_gives_the_same_bytes(story):
    before, after = story.told["first"], story.told["again"]
    assert before.keys() == after.keys()
    assert {name for name in after if after[name] != before[name]} == {f"{MONTH}/run.json"}
    moving = ("started", "ended", "notebooks")
    was, now = (json.loads(each[f"{MONTH}/run.json"]) for each in (before, after))
    assert {k: v for k, v in was.items() if k not in moving} == {
        k: v for k, v in now.items() if k not in moving
    }


def test_f52_a_late_row_is_said_as_was_is_and_why(story):
    assert [(row["publication"], row["value"]) for row in story.rows("late", "sessions")] == [
        ("1", "10"),
        ("2", "11"),
    ]
    assert len(story.rows("late", "verdict")) == 1  # a success then and now
    day = " | data up to 31 October 2026"
    assert lines(story.page("late")) == [["Sessions", f"10{day}", "11", "sessions: one row more"]]


def test_the_page_of_a_restated_figure_says_so_and_leads_to_was_is_and_why(story):
    english = story.page("late", f"{MONTH}/plan.html")
    assert "One figure differs from what was first published." in english
    assert '<a href="index.html#restated">Was, is and why</a>' in english
    french = story.page("late", f"{MONTH}/fr/plan.html")
    assert "Was, is" not in french
    assert 'href="index.html#restated"' in french
    assert MARK.decode() not in english + french


def test_f64_another_target_shows_the_verdict_given_then_and_the_one_now(story):
    """0 to 20, 11 visits: 55 % of the way, where 0 to 10 was a success."""
    verdict = lines(story.page("target"))[0]
    assert verdict == [
        "Verdict: Visits of the site",
        "On target, 10 reached, target 10 | data up to 31 October 2026",
        "Behind, 11 reached, target 20",
        "target changed from 10 to 20, without a revision in objectives.yaml · sessions: one row"
        " more",
    ]


def test_f64_a_logged_revision_is_the_reason(story):
    assert len(story.rows("logged", "verdict")) == 2  # the same verdict for the same target
    why = lines(story.page("logged"))[0][3]
    assert why.startswith(
        "target changed from 10 to 20, revised on 15 October 2026: Two &lt;b&gt;new&lt;/b&gt;"
    )
    french = lines(story.page("logged", f"{MONTH}/fr/index.html"))[0]
    assert french[0].endswith("Visites du site")
    assert "Deux stages" in french[3]


def test_pages_with_restatements_are_inert_and_link_the_record(story):
    for path in (f"{MONTH}/index.html", f"{MONTH}/fr/index.html", f"{MONTH}/plan.html"):
        assert checks.faults_of(story.page("logged", path)) == []
    assert '<a href="../ledger.csv">' in story.page("logged")
    assert '<a href="../../ledger.csv">' in story.page("logged", f"{MONTH}/fr/index.html")


def test_a_damaged_ledger_stops_the_run_before_anything_is_published(story, monkeypatch):
    def start(*given, **named):
        raise AssertionError("a notebook was started")

    monkeypatch.setattr(workers, "run", start)
    path = story.root / "ledger.csv"
    good = path.read_bytes()
    try:
        path.write_bytes(good[:-9])
        with pytest.raises(ReportError, match=r"ledger.csv, is damaged: its last line is cut off"):
            run(MONTH, Places(**story.folders))
        path.write_bytes(b"".join(good.splitlines(keepends=True)[:-1]))
        with pytest.raises(ReportError, match="misses rows that were published for 2026-10"):
            run(MONTH, Places(**story.folders))
        path.unlink()
        with pytest.raises(ReportError, match=r"is gone. .*remove it together with 2026-10/run"):
            run(MONTH, Places(**story.folders))
    finally:
        path.write_bytes(good)


# What a run adds, without a run -----------------------------------------------------------


def basis(folder: Path, rows: int = 5, **changed) -> Basis:
    """What a run stands on: one table of so many rows."""
    if not (folder / "company.yaml").exists():
        (folder / "company.yaml").write_text("name: Small\n")
    fact = {"table": "sessions", "rows": rows, "sha256": f"{rows:064d}"}
    given = {
        "folder": folder, "settings": Settings(name="Small", timezone="UTC"), "slug": "small",
        "period": Period.parse(MONTH), "languages": ("en",), "as_of": date(2026, 10, 31),
        "facts": [fact], "provided": frozenset(), "faults": {}, "watched": (), "seen": {},
        "versions": {"python": "3.12.1", "kpilib": "0.4"},
    }  # fmt: skip
    return Basis(**given | changed)


HEADER = "kpi,period,channel,value,n,unit,status,flags,details,topic\n"


def figures(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def visits(value: object, n: object = 5, status: str = "ok", flags: str = "", group="") -> str:
    return f"sessions,{MONTH},{group},{value},{n},count,{status},{flags},,audience"


NOTHING = ledger.table()


def listed(kept: pd.DataFrame) -> list[ledger.Publication]:
    return list(ledger.publications(kept))


def tell(place: Path, *runs: tuple[Basis, bytes]) -> tuple[list[ledger.Publication], dict]:
    """Record some runs one after the other."""
    kept, said = NOTHING, {}
    for ground, table in runs:
        kept, said = recorded(ground, kept, table, {"audience"})
        assert ledger.read(ledger.write(kept)).equals(kept)
    return listed(kept), said["restated"]


def test_only_the_months_own_figures_are_recorded(tmp_path):
    earlier = "sessions,2026-09,,4,4,count,ok,,,audience"
    other = f"sessions,{MONTH},,4,4,count,ok,,,leads"
    kept, _ = tell(tmp_path, (basis(tmp_path), figures(visits(5), earlier, other)))
    assert [(each.month, each.topic, each.value) for each in kept] == [(MONTH, "audience", "5")]


def test_the_noise_of_floats_is_no_restatement_and_a_twelfth_digit_is_kept(tmp_path):
    same = basis(tmp_path)
    kept, said = tell(
        tmp_path,
        (same, figures(visits(0.1 + 0.2))),
        (same, figures(visits(0.3))),
        (same, figures(visits(0.3 * (1 + 1e-9)))),
    )
    assert [each.value for each in kept] == ["0.3", "0.3000000003"]
    assert said["count"] == 1


def test_a_figure_that_is_no_longer_there_is_said_to_be_withdrawn(tmp_path):
    same = basis(tmp_path)
    email = visits(3, group="email")
    kept, said = tell(tmp_path, (same, figures(visits(5), email)), (same, figures(visits(5))))
    (line,) = said["lines"]["en"]
    assert (line["figure"], line["was"], line["now"]) == (
        "Sessions: E-mail",
        "3",
        "no longer published",
    )
    assert kept[-1].status == "withdrawn"
    again, _ = tell(tmp_path, (same, figures(email)), (same, figures()), (same, figures()))
    assert len(again) == 2  # withdrawn once


def test_a_topic_that_did_not_run_keeps_its_rows(tmp_path):
    kept, _ = recorded(basis(tmp_path), NOTHING, figures(visits(5)), {"audience"})
    after, said = recorded(basis(tmp_path, 6), kept, figures(visits(9)), {"leads"})
    assert after.equals(kept)
    assert said["restated"]["count"] == 0


def test_what_was_not_final_comes_last_and_settling_on_the_same_figure_is_no_restatement(tmp_path):
    partial, final = basis(tmp_path), basis(tmp_path, 7)
    kept, said = tell(
        tmp_path,
        (partial, figures(visits(4, flags="partial"), visits(2, group="email", flags="partial"))),
        (final, figures(visits(7), visits(2, group="email"))),
    )
    assert [each.final for each in kept] == ["no", "no", "yes", "yes"]
    (line,) = said["lines"]["en"]
    assert line["why"] == ["sessions: 2 rows more", "it was not final when it was published"]


def test_the_first_final_figure_is_what_it_was(tmp_path):
    """4 while the month ran, 7 when it was over, 8 now: 7 is what was promised as final."""
    ran = (basis(tmp_path), figures(visits(4, flags="partial")))
    over, now = (basis(tmp_path, rows) for rows in (7, 8))
    _, said = tell(tmp_path, ran, (over, figures(visits(7))), (now, figures(visits(8))))
    (line,) = said["lines"]["en"]
    assert (line["was"], line["now"], line["publications"]) == ("7", "8", 3)


def test_a_figure_that_came_back_is_still_said_to_have_been_another(tmp_path):
    same = basis(tmp_path)
    _, said = tell(tmp_path, *[(same, figures(visits(value))) for value in (5, 6, 5)])
    (line,) = said["lines"]["en"]
    assert (line["was"], line["now"]) == ("6", "5")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": 8}, ["sessions: 3 rows more"]),
        ({"rows": 3}, ["sessions: 2 rows fewer"]),
        ({"rows": 4}, ["sessions: one row fewer"]),
        ({"facts": [{"table": "sessions", "rows": 5, "sha256": "ab" * 32}]},
         ["sessions: as many rows, other content"]),
        ({"facts": []}, ["sessions: is no longer there"]),
        ({"rows": 8, "as_of": date(2026, 11, 30)},
         ["sessions: 3 rows more", "data up to 31 October 2026 then, up to 30 November 2026 now"]),
        ({"versions": {"python": "3.12.1", "kpilib": "0.5"}},
         ["worked out by kpilib 0.5 instead of 0.4"]),
        ({}, ["cause unknown: data, target, definition and settings are the same as then"]),
    ],
)  # fmt: skip
def test_the_reason_is_what_differs_between_what_both_stood_on(tmp_path, change, reason):
    after = basis(tmp_path, **change)
    _, said = tell(tmp_path, (basis(tmp_path), figures(visits(5))), (after, figures(visits(6))))
    assert said["lines"]["en"][0]["why"] == reason


def judged(kpi: str, by: str, group: str, value: float, **details: object) -> bytes:
    cell = json.dumps(details).replace('"', '""')
    row = f'{kpi},{MONTH},{group},{value},,verdict,ok,,"{cell}",audience'
    return figures(row).replace(b"channel", by.encode())


@pytest.mark.parametrize(
    ("target", "revisions", "reason"),
    [
        (20, "", "its key results changed in objectives.yaml"),
        # From November on: October is judged by the target of October.
        (20, LOGGED.replace("10-15", "11-05"), "cause unknown"),
        (10, "owner: {en: Somebody, fr: Une autre}", "cause unknown"),
    ],
)
def test_an_objective_is_another_one_with_its_key_results(tmp_path, target, revisions, reason):
    path, named = tmp_path / "objectives.yaml", ("objective_score", "objective_id", "growth")
    path.write_text(PLAN.format(target=10, revisions=""))
    kept, _ = recorded(basis(tmp_path), NOTHING, judged(*named, 0.9), {"audience"})
    path.write_text(PLAN.format(target=target, revisions=revisions))
    _, said = recorded(basis(tmp_path), kept, judged(*named, 0.5), {"audience"})
    (line,) = said["restated"]["lines"]["en"]
    assert line["figure"].endswith(": More visits")
    assert line["why"][0].startswith(reason)


def test_a_key_result_that_was_dropped_is_said_to_be(tmp_path):
    path, named = tmp_path / "objectives.yaml", ("verdict", "kr_id", "kr_visits")
    path.write_text(PLAN.format(target=10, revisions=""))
    told = judged(*named, 3, verdict="success", target=10, baseline=0)
    kept, _ = recorded(basis(tmp_path), NOTHING, told, {"audience"})
    path.unlink()
    kept, said = recorded(basis(tmp_path), kept, figures(), {"audience"})
    (line,) = said["restated"]["lines"]["en"]
    assert (line["was"], line["now"]) == ("On target, target 10", "no longer published")
    assert line["why"][0] == "the key result is no longer in objectives.yaml"


def test_another_number_of_cases_is_said(tmp_path):
    same = basis(tmp_path)
    _, said = tell(tmp_path, (same, figures(visits(5, 5))), (same, figures(visits(6, 1200))))
    assert said["lines"]["en"][0]["why"] == ["based on 1,200 cases instead of 5"]


def test_another_definition_and_other_settings_are_said(tmp_path, monkeypatch):
    kept, _ = recorded(basis(tmp_path), NOTHING, figures(visits(5)), {"audience"})
    monkeypatch.setattr(why, "definition", lambda kpi: "another")
    (tmp_path / "company.yaml").write_text("name: Small\ntimezone: Asia/Tokyo\n")
    _, said = recorded(basis(tmp_path), kept, figures(visits(6)), {"audience"})
    assert said["restated"]["lines"]["en"][0]["why"] == [
        "its definition changed",
        "company.yaml changed",
    ]


def test_a_definition_is_told_by_what_it_computes_and_not_by_its_words():
    from kpilib.topics.catalogue import catalogue

    prints = {kpi: why.definition(kpi) for kpi in catalogue()}
    assert len(set(prints.values())) == len(prints)
    sessions = catalogue()["sessions"]
    plain = [repr(why._plain(getattr(sessions, name))) for name in why.COMPUTED]
    reworded = replace(sessions, label="Visits", caveat="Other words.")
    assert plain == [repr(why._plain(getattr(reworded, name))) for name in why.COMPUTED]
    assert "0x" not in "".join(plain)  # an address would differ in every process


def test_two_expressions_that_differ_in_one_sign_have_two_fingerprints():
    one, other = (lambda t: t.engaged_s > 10), (lambda t: t.engaged_s >= 10)
    same = lambda t: t.engaged_s > 10  # noqa: E731
    assert why._plain(one) != why._plain(other)
    assert why._plain(one) == why._plain(same)


def test_a_figure_that_is_hidden_now_is_not_repeated(tmp_path):
    same = basis(tmp_path)
    hidden = visits("", "", "suppressed")
    _, said = tell(tmp_path, (same, figures(visits(5))), (same, figures(hidden)))
    (line,) = said["lines"]["en"]
    assert line["was"] == "not repeated here, to protect a small group"
    assert line["now"] == "n/a: hidden to protect a small group"


@pytest.mark.parametrize(("n", "shown"), [(12, False), (18, True)])
def test_two_figures_about_people_that_tell_of_a_few_do_not_stand_side_by_side(tmp_path, n, shown):
    """A mean of 11 people and then of 12 would give away what the twelfth answered."""
    rows = [
        f"engagement_survey_score,{MONTH},,{value},{size},score,ok,,,audience"
        for value, size in ((4, 11), (3, n))
    ]
    same = basis(tmp_path)
    _, said = tell(tmp_path, *[(same, figures(row)) for row in rows])
    (line,) = said["lines"]["en"]
    assert ("not repeated" not in line["was"]) == shown
    assert not any("cases" in reason for reason in line["why"])


@pytest.mark.parametrize(
    ("kpi", "unit", "n", "kept"),
    [
        ("engagement_survey_score", "score", 10, ""),  # rounded to the same ten: one was erased
        ("engagement_survey_score", "score", 5, ""),
        ("engagement_survey_score", "score", 20, "4"),
        ("turnover_rate", "rate", 12, ""),
        ("sessions", "count", 10, "4"),
    ],
)
def test_the_ledger_withholds_what_the_index_withholds(tmp_path, kpi, unit, n, kept):
    """Who answers once more without one person must not find the first figure beside the second."""
    rows = [
        f"{kpi},{MONTH},,{value},{size},{unit},ok,,,audience" for value, size in ((4, 10), (3, n))
    ]
    same = basis(tmp_path)
    after, said = tell(tmp_path, *[(same, figures(row)) for row in rows])

    assert [each.value for each in after] == [kept, "3"]
    assert [bool(each.n) for each in after] == [bool(kept), True]
    assert [each.status for each in after] == ["ok", "ok"]
    (line,) = said["lines"]["en"]
    assert ("not repeated" in line["was"]) == (not kept)
    again = recorded(same, ledger.table(after), figures(rows[-1]), {"audience"})
    assert listed(again[0]) == after  # and it is not said anew by the same run
    assert again[1]["restated"]["lines"]["en"] == said["lines"]["en"]


def test_a_change_below_the_digits_shown_is_said_to_be_one(tmp_path):
    same, row = basis(tmp_path), f"avg_session_duration,{MONTH},,{{}},5,seconds,ok,,,audience"
    _, said = tell(tmp_path, *[(same, figures(row.format(value))) for value in (74.1, 74.2)])
    (line,) = said["lines"]["en"]
    assert line["was"] == line["now"] == "01:14"
    assert line["why"][0] == "differs in digits that are not shown"


def test_hours_and_days_of_a_heat_map_are_named(tmp_path):
    head = HEADER.replace("channel", "hour,weekday")
    rows = [head + f"sessions,{MONTH},16,6,{v},5,count,ok,,,audience\n" for v in (5, 6)]
    _, said = tell(tmp_path, *[(basis(tmp_path), row.encode()) for row in rows])
    assert said["lines"]["en"][0]["figure"] == "Sessions: Sat, 16\xa0h"
    assert said["lines"]["fr"][0]["figure"] == "Sessions\xa0: sam., 16\xa0h"


def test_long_lists_stay_on_a_page_and_say_so(tmp_path):
    same = basis(tmp_path)
    many = [[visits(value, group=f"g{number}") for number in range(400)] for value in (5, 6)]
    _, said = tell(tmp_path, *[(same, figures(*rows)) for rows in many])
    assert said["count"] == said["topics"]["audience"] == 400
    assert len(said["lines"]["en"]) == 300


def test_a_page_without_restatement_has_no_notice():
    assert completed(b"a" + MARK + b"b", 0, [], "en") == b"ab"
    assert b"2 figures differ" in completed(MARK, 2, [], "en")
    bar = completed(TOPICS, 0, [("Leads", "leads.html", True)], "en")
    assert b'<a href="leads.html" aria-current="page">Leads</a>' in bar


# The file ---------------------------------------------------------------------------------

GOOD = ledger.Publication(month=MONTH, topic="audience", kpi="sessions", value="5", status="ok")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda text: b"", "line 1: it does not begin with the columns"),
        (lambda text: text.replace(b"kpi", b"KPI", 1), "line 1: it does not begin"),
        (lambda text: text[:-1], "its last line is cut off"),
        (lambda text: text.replace(b",5,", b",5"), "line 2: 24 cells where 25 are due"),
        (lambda text: text.replace(b",5,", b",five,"), "line 2: its value is not a number"),
        (lambda text: text.replace(b",5,", b",nan,"), "line 2: its value is not a number"),
        (lambda text: text.replace(b"2026-10", b"2026-13"), "line 2: its month is not written"),
        (lambda text: text.replace(b"sessions", b""), "line 2: a name is missing"),
        (lambda text: text + text.splitlines(keepends=True)[1], "publication 1 of its figure"),
        (lambda text: text.replace(b"yes", b"perhaps"), "line 2: its final is not as a run writes"),
        (lambda text: text.replace(b",yes,,,,,,,", b",yes,,,,,,31,"), "line 2: its as_of is not"),
        (lambda text: text.replace(b",yes,,,,,,,,", b",yes,,,,,,,a:b,"), "line 2: its tables is"),
        (lambda text: text.replace(b",,\n", b",kpilib,\n"), "line 2: its made_with is not"),
        (lambda text: text.replace(b"sessions", b"\xff"), "line 1: it does not begin"),
        (lambda text: text.replace(b"sessions", b'"sessions'), "line 2: unexpected end of data"),
    ],
)  # fmt: skip
def test_every_damage_is_named(spoil, fault):
    with pytest.raises(ReportError, match="is damaged") as caught:
        ledger.read(spoil(ledger.write(ledger.table([GOOD]))), "Put it back.")
    assert fault in str(caught.value)
    assert str(caught.value).endswith("Put it back.")


def test_a_damaged_ledger_beside_which_no_run_is_left_is_a_whole_sentence(tmp_path):
    """Nothing can be removed together with it: run.json went with its month."""
    (tmp_path / "ledger.csv").write_text('garbage,,"', encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        ledger.load(tmp_path, {})

    assert "To begin a new record instead, remove it: what was published" in str(caught.value)


def test_a_ledger_of_an_earlier_version_is_read_and_keeps_its_seal(tmp_path):
    rows = list(csv.reader(io.StringIO(ledger.write(ledger.table([GOOD])).decode())))
    place = rows[0].index("measured")
    lines = [",".join(row[:place] + row[place + 1 :]) for row in rows]
    (tmp_path / ledger.FILE).write_text("\n".join(lines) + "\n")
    sealed = {MONTH: {"ledger": ledger.seal(ledger.table([GOOD]))}}
    assert listed(ledger.load(tmp_path, sealed)) == [GOOD]


def test_a_month_published_before_there_was_a_ledger_begins_one(tmp_path):
    assert ledger.load(tmp_path, {MONTH: {"notebooks": {}}}).empty


def test_other_months_and_rows_that_came_later_do_not_break_the_seal(tmp_path):
    rows = [GOOD, GOOD._replace(month="2026-09"), GOOD._replace(publication="2", value="6")]
    (tmp_path / ledger.FILE).write_bytes(ledger.write(ledger.table(rows)))
    sealed = {
        "ledger": ledger.seal(ledger.table([GOOD]))
    }  # a run that ended before it wrote its run.json
    assert listed(ledger.load(tmp_path, {MONTH: sealed})) == rows


def test_rows_of_any_period_are_missed(tmp_path):
    rows = [GOOD, GOOD._replace(month="2026-09")]
    sealed = {each.month: {"ledger": ledger.seal(ledger.table([each]))} for each in rows}
    other = ledger.table([GOOD, rows[1]._replace(value="9")])
    (tmp_path / ledger.FILE).write_bytes(ledger.write(other))
    with pytest.raises(ReportError, match=r"for 2026-09\. .* 2026-10/run.json, 2026-09/run.json"):
        ledger.load(tmp_path, sealed)


def test_an_interrupted_publication_leaves_the_old_ledger(tmp_path, monkeypatch):
    old = {ledger.FILE: b"old", f"{MONTH}/index.html": b"old"}
    publish.publish(tmp_path, old, [], ".new")

    def full(path, content):
        if path.name == "index.html":
            raise OSError(28, "No space left on device")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(publish, "_write", full)
    with pytest.raises(ReportError, match="untouched"):
        publish.publish(tmp_path, dict.fromkeys(old, b"new"), [], ".new")
    assert {name: (tmp_path / name).read_bytes() for name in old} == old


def test_the_record_is_there_before_a_new_month_appears(tmp_path, monkeypatch):
    def killed(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(publish.os, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        publish.publish(tmp_path, {ledger.FILE: b"new", f"{MONTH}/a.html": b"a"}, [], ".new")
    assert (tmp_path / ledger.FILE).read_bytes() == b"new"
    assert not (tmp_path / MONTH).exists()

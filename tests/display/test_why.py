"""A page says why a figure moved, only when it moved, and what an action changed."""

from __future__ import annotations

from datetime import date

import html5lib
import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.chart import Chart
from kpilib.display.charts.parts import MOST_GROUPS, Part, merged, parts_of_change
from kpilib.display.names import Charts
from kpilib.display.numbers import Formatter
from kpilib.errors import ParameterError
from kpilib.language import LANGUAGES
from kpilib.monthly.checks import faults_of
from kpilib.steering.notes import Note
from tests.worked import rows, stack, times

EN, FR = Formatter("en"), Formatter("fr")
THEN, BEFORE, NOW = "2025-10-10", "2026-09-10", "2026-10-10"
COLUMNS = (
    "started_at channel engaged_s pageviews key_events visitor_id duration_s country landing_page"
    " is_new_visitor"
)
REST = (1, 0, "v", 9.0, "FR", "/", False)


def visits(day, channel, count, engaged):
    return stack(
        times(engaged, COLUMNS, day, channel, 60.0, *REST),
        times(count - engaged, COLUMNS, day, channel, 1.0, *REST),
    )


def page(*parts, lang="en", topic="audience", notes=(), **tables):
    sessions = {"sessions": stack(*parts)} if parts else {}
    for frame in sessions.values():  # what one visitor does may be chance: each has their own
        frame["visitor_id"] = [f"v{number}" for number in range(len(frame))]
    data = kl.open(sessions | tables, as_of="2026-10-31")
    made = kl.page(topic, month="2026-10", data=data, lang=lang)
    made.__dict__["notes"] = list(notes)
    return made


def words(block) -> str:
    parsed = html5lib.parse(block._repr_html_(), namespaceHTMLElements=False)
    for style in parsed.iter("style"):
        style.text = ""
    text = " ".join(" ".join(parsed.itertext()).split())
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def sound(*blocks) -> str:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    body = "".join(block._repr_html_() for block in blocks)
    return f"<!doctype html><html lang=en>{policy}<title>t</title><body>{body}</body></html>"


MIX = (
    visits(THEN, "email", 900, 540), visits(THEN, "display", 100, 10),
    visits(BEFORE, "email", 450, 250), visits(BEFORE, "display", 550, 55),
    visits(NOW, "email", 450, 260), visits(NOW, "display", 550, 60),
)  # fmt: skip
BEHAVIOUR = (
    visits(THEN, "email", 500, 300), visits(THEN, "display", 500, 50),
    visits(NOW, "email", 500, 150), visits(NOW, "display", 500, 50),
)  # fmt: skip
SIMPSON = (
    visits(THEN, "email", 900, 90), visits(THEN, "display", 100, 1),
    visits(NOW, "email", 300, 33), visits(NOW, "display", 700, 14),
)  # fmt: skip
STILL = (visits(THEN, "email", 300, 150), visits(NOW, "email", 300, 155))


class TestWhy:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_move_is_drawn_and_told(self, lang):
        made = page(*MIX, lang=lang)
        block = made.why("engaged_session_rate")

        assert isinstance(block, Charts) and isinstance(block.blocks[0], Chart)
        assert made.charts == 1
        assert faults_of(sound(block), 1) == []

    def test_the_base_is_the_year_before_when_that_is_beyond_chance(self):
        """55 % then, 30.5 % in September, 32 % now: only the year before differs."""
        text = words(page(*MIX).why("engaged_session_rate"))

        assert "fell by 23.0 points on October 2025" in text
        assert "October 2025 55.0 %" in text and "October 2026 32.0 %" in text

    def test_else_it_is_the_month_before(self):
        september = [part.assign(started_at=BEFORE) for part in BEHAVIOUR[:2]]
        text = words(page(*september, *BEHAVIOUR[2:]).why("engaged_session_rate"))

        assert "on September 2026" in text

    def test_other_visitors_came(self):
        text = words(page(*MIX).why("engaged_session_rate"))

        assert "Display ads, a larger share, 55.0 % against 10.0 %" in text
        assert "E-mail, a smaller share, 45.0 % against 90.0 %" in text
        assert "Mostly the mix: " in text

    def test_visitors_behave_otherwise(self):
        """E-mail from 60 % to 30 % at half of the weight: all of the 15 points."""
        text = words(page(*BEHAVIOUR).why("engaged_session_rate"))

        assert "The largest part: E-mail, its own figure, 30.0 % against 60.0 % (−15.0 pt)." in text
        assert "Mostly the groups themselves: −15.0 pt" in text

    def test_every_group_one_way_and_the_whole_the_other_is_a_warning(self):
        english = words(page(*SIMPSON).why("engaged_session_rate"))
        french = words(page(*SIMPSON, lang="fr").why("engaged_session_rate"))

        assert "Every group went one way, and the whole the other" in english
        assert "(Simpson's paradox): judge the groups, not the whole" in english
        assert "Tous les groupes sont allés dans un sens" in french
        assert "Simpson" not in words(page(*MIX).why("engaged_session_rate"))

    def test_within_noise_nothing_is_drawn(self):
        made = page(*STILL)
        text = words(made.why("engaged_session_rate"))

        assert text == (
            "Engaged session rate: chance alone could explain the difference from October 2025, so"
            " there is nothing to explain."
        )
        assert made.charts == 0

    def test_both_bases_are_named_in_one_sentence(self):
        september = visits(BEFORE, "email", 300, 152)
        text = words(page(*STILL, september, lang="fr").why("engaged_session_rate"))

        assert "l'écart avec octobre 2025 et septembre 2026" in text

    def test_without_a_base_there_is_no_change(self):
        text = words(page(visits(NOW, "email", 300, 155)).why("engaged_session_rate"))

        assert "there is no earlier figure to compare with" in text

    def test_what_cannot_be_judged_is_not_split(self):
        """Costs have no interval: nothing is known of chance."""
        spent = [("training", 900.0, day, "venue") for day in (THEN, NOW)]
        costs = rows("scope_kind amount_ht incurred_at cost_kind", *spent)
        made = page(topic="training", costs=costs)

        assert "cannot be told, so it is not split" in words(made.why("training_cost", "cost_kind"))

    def test_a_total(self):
        made = page(
            visits(THEN, "email", 300, 0), visits(NOW, "email", 310, 0),
            visits(NOW, "display", 500, 0),
        )  # fmt: skip
        text = words(made.why("sessions"))

        assert (
            "The largest parts: Display ads, 500 against 0 (+500); E-mail, 310 against 300" in text
        )
        assert "its share" not in text

    def test_a_total_of_months_of_unequal_length_says_so(self):
        text = words(page(visits(BEFORE, "email", 300, 0), visits(NOW, "email", 620, 0))
                     .why("sessions"))  # fmt: skip

        assert "Per day, as the periods differ in days: +100 %." in text

    def test_groups_that_all_changed_cannot_be_compared(self):
        text = words(page(visits(THEN, "email", 300, 10), visits(NOW, "display", 300, 200))
                     .why("engaged_session_rate"))  # fmt: skip

        assert "No channel is there on both sides, so that the change cannot be split." in text

    def test_a_column_that_was_not_given_is_a_reason(self):
        made = page(*MIX)
        block = made.why("engaged_session_rate", by="source")

        assert "There is no column source to split it by." in words(block)
        assert made.charts == 0

    def test_a_missing_table_is_a_reason(self):
        assert "missing table: leads" in words(page(*MIX).why("leads"))

    def test_a_misspelt_column_is_refused(self):
        with pytest.raises(ParameterError, match="Did you mean 'channel'"):
            page(*MIX).why("engaged_session_rate", by="chanel")

    @pytest.mark.parametrize("kpi", ["channel_sessions", "top_pages"])
    def test_what_is_read_by_group_has_no_whole(self, kpi):
        with pytest.raises(ParameterError, match="is always read by"):
            page(*MIX).why(kpi)

    @pytest.mark.parametrize("kpi", ["unique_visitors", "lead_to_customer_rate", "turnover_rate"])
    def test_what_does_not_add_up_is_refused_whether_it_moved_or_not(self, kpi):
        with pytest.raises(ParameterError, match="cannot be split over groups"):
            page(*STILL).why(kpi)

    def test_groups_that_stay_as_they_are_leave_the_mix(self):
        """E-mail 60 %, ads 10 % in both: no rate moved, and both can be compared."""
        made = page(
            visits(THEN, "email", 500, 300), visits(THEN, "display", 500, 50),
            visits(NOW, "email", 500, 300), visits(NOW, "display", 2000, 200),
        )  # fmt: skip

        assert "0.0 pt" not in words(made.why("engaged_session_rate")).split("The figures")[0]
        assert made.charts == 1

    def test_the_figures_of_the_groups_are_kept(self, tmp_path):
        made = page(*MIX)
        made.out = tmp_path
        made.why("engaged_session_rate")
        made.write()
        figures = pd.read_csv(tmp_path / "figures.csv")
        mine = figures[(figures["kpi"] == "engaged_session_rate") & figures["channel"].notna()]

        assert set(mine["channel"]) == {"email", "display"}
        assert "change_per_day_previous" in figures.columns

    def test_the_same_page_twice_is_the_same_to_the_byte(self):
        first, second = (page(*MIX).why("engaged_session_rate")._repr_html_() for _ in range(2))

        assert first == second


class TestParts:
    PARTS = tuple(
        Part(f"group {i}", 0.01 * (i - 5), 0.02, 0.01 * (i - 5) - 0.02, ("1", "2", "3", "4"))
        for i in range(12)
    )

    def drawn(self, write):
        ends = (("then", 0.3), ("now", 0.3 + sum(part.effect for part in self.PARTS)))
        return parts_of_change(
            self.PARTS, ends, "rate", write, title="T", columns=list("abcdefgh"), key="k"
        )

    def test_those_beyond_a_few_are_drawn_together_and_stay_in_the_table(self):
        few = merged(self.PARTS, EN)

        assert len(few) == MOST_GROUPS
        assert few[-1].label == "others (5)"
        assert sum(p.effect for p in few) == pytest.approx(sum(p.effect for p in self.PARTS))
        assert len(self.drawn(EN).data) == 12

    def test_two_parts_that_cancel_out_are_drawn(self):
        parts = [*(Part(str(i), 0.02, 0.01, 0.01) for i in range(11)), Part("both", 0.0, 0.3, -0.3)]

        assert merged(parts, EN)[0].label == "both"

    def test_the_description_has_every_figure(self):
        alt = self.drawn(EN).alt.replace("\u00a0", " ")

        assert alt.startswith("From then 30.0 % to now 36.0 %, group by group: ")
        assert "group 11 +6.0 pt (+2.0 pt by its share, +4.0 pt by its own figure)" in alt

    def test_french(self):
        assert "groupe par groupe" in self.drawn(FR).alt


class TestSinceAction:
    NOTE = Note(date=date(2026, 4, 1), kpi="sessions", kind="action", author="A",
                text_en="New site.", text_fr="Nouveau site.")  # fmt: skip
    DAYS = pd.date_range("2025-01-01", "2026-10-31").strftime("%Y-%m-%d")
    SESSIONS = pd.DataFrame({"started_at": DAYS, "channel": "email"})

    def made(self, *notes, lang="en"):
        return page(self.SESSIONS, notes=notes, lang=lang)

    def test_before_and_after(self):
        """One a day: 182 from October to March, 183 from April to September."""
        text = words(self.made(self.NOTE).since_action("sessions"))

        assert text == (
            "Sessions: action of 1 April 2026 (New site). Months before and after: 6. 182, then"
            " 183 (no change per day). Chance alone could explain the difference. The months before"
            " and after are not of the same season. Other things may have changed at the same"
            " time: this is no proof."
        )

    def test_twelve_months_have_every_season(self):
        note = Note(**(vars(self.NOTE) | {"date": date(2025, 11, 1)}))
        days = pd.date_range("2024-01-01", "2026-10-31").strftime("%Y-%m-%d")
        sessions = pd.DataFrame({"started_at": days, "channel": "email"})
        text = words(page(sessions, notes=[note]).since_action("sessions", months=12))

        assert "Months before and after: 12." in text
        assert "season" not in text

    def test_only_months_up_to_the_pages(self):
        note = Note(**(vars(self.NOTE) | {"date": date(2026, 8, 15)}))

        assert "Months before and after: 2." in words(self.made(note).since_action("sessions"))

    def test_too_early(self):
        note = Note(**(vars(self.NOTE) | {"date": date(2026, 10, 12)}))

        assert words(self.made(note).since_action("sessions")) == (
            "Sessions: action of 12 October 2026 (New site). It is too early to say."
        )

    def test_the_last_action_counts_and_other_notes_do_not(self):
        incident = Note(**(vars(self.NOTE) | {"kind": "incident", "date": date(2026, 6, 1)}))
        older = Note(**(vars(self.NOTE) | {"date": date(2025, 6, 1)}))
        later = Note(**(vars(self.NOTE) | {"date": date(2026, 11, 1)}))
        text = words(self.made(older, self.NOTE, incident, later).since_action("sessions"))

        assert "1 April 2026" in text

    def test_without_a_note_there_is_no_action(self):
        assert words(self.made().since_action("sessions")) == "Sessions: no action is noted."

    def test_french(self):
        text = words(self.made(self.NOTE, lang="fr").since_action("sessions"))

        assert "action du 1er avril 2026 (Nouveau site)" in text
        assert "ce n'est pas une preuve" in text


class TestMissingDays:
    def test_a_page_names_them_with_the_figures_that_lack_them(self):
        days = [f"2026-10-{day:02d}" for day in range(1, 32) if day not in (3, 4, 12)]
        searches = rows(
            "date platform impressions sum_position clicks",
            *((day, "search_console", 10, 50.0, 1) for day in days),
        )
        made = page(*MIX, acquisition_daily=searches)
        text = words(made.freshness())

        assert "Days without data, 3 October 2026 to 4 October 2026; 12 October 2026: " in text
        assert "Average search position" in text
        assert "days without data: 3" in words(made.scorecard("avg_search_position"))
        assert "No data for 3 October 2026" in words(made.reading("avg_search_position"))

"""A unit that is counted once in each group: sums over pages, events, items are no number of it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import Asked, import_files
from tests.sources.shop import KEY
from tests.sources.twins_web import CHANNEL, SNAPSHOT_ES, company, ga4, read, written
from tests.worked import value

BY_EVENT = "page_view,120\nsession_start,120\nscroll,70"  # 120 visits, and not 310
DEVICES = ["mobile", "desktop"]
INSTEAD = "Export it again with Date and Session default channel group"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)
    return company(tmp_path / "site")


def taken(site, text: str, **told: str):
    path = written(site.parent, "x.csv", text)
    return import_files([path], site, Asked(told=told), say=lambda _: None)


def refused(site, text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        taken(site, text)
    assert list((site / "tables").iterdir()) == []  # and nothing of it is a figure
    return caught.value.faults


class TestVisitsOverWhatTheyAreInSeveralTimes:
    def test_events_with_the_whole_sentence(self, site):
        assert refused(site, ga4(f"Event name,Sessions\n{BY_EVENT}")) == [
            "x.csv:10: a visit is counted once in each event: Sessions cannot be added over Event"
            f" name. {INSTEAD}."
        ]

    @pytest.mark.parametrize(
        ("header", "what"),
        [
            ("Page path + query string", "page"),
            ("PAGE TITLE", "page"),
            ("Page path and screen class", "page"),
            ("Item name", "item"),
            ("Item category 2", "item"),
            ("Content group", "content group"),
            ("Hostname", "host name"),
            ("Hour", "hour"),
            ("Audience name", "audience"),
            ("Nom de l’événement", "event"),
            ("Chemin de la page et classe de l'écran", "page"),
            ("Titre de page", "page"),
            ("Catégorie de l'article", "item"),
            ("Groupe de contenu", "content group"),
            ("Heure", "hour"),
            ("Nombre del evento", "event"),
            ("Ruta de la página + cadena de consulta", "page"),
            ("Nombre del artículo", "item"),
            ("Hora", "hour"),
        ],
    )
    def test_in_each_language(self, site, header, what):
        figure = (
            "Sesiones" if any(sign in header for sign in "óíú") or "del" in header else "Sessions"
        )

        [fault] = refused(site, ga4(f"{header},{figure}\na,80\nb,60"))

        assert f"a visit is counted once in each {what}: {figure} cannot be added" in fault

    def test_beside_a_dimension_that_is_safe(self, site):
        [fault] = refused(
            site, ga4("Date,Event name,Sessions\n20260901,scroll,9\n20260902,scroll,7")
        )

        assert "cannot be added over Event name" in fault

    def test_a_grand_total_that_differs_is_explained_by_it(self, site):
        text = ga4("Page path + query string,Sessions\n,120,Grand total\n/,60\n/courses,50\n/x,25")

        assert refused(site, text) == [
            "x.csv:10: a visit is counted once in each page: Sessions cannot be added over Page"
            f" path + query string. {INSTEAD}."
        ]

    @given(
        st.lists(
            st.tuples(st.sampled_from(DEVICES), st.sets(st.sampled_from("abc"), min_size=1)),
            min_size=1, max_size=30,
        )
    )  # fmt: skip
    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_whatever_the_visits_a_figure_is_their_number_or_is_not_given(self, tmp_path, visits):
        devices = Counter(device for device, _ in visits)
        pages = Counter(page for _, seen in visits for page in seen)
        by_device = "\n".join(f"{name},{count}" for name, count in devices.items())
        by_page = "\n".join(f"/{name},{count}" for name, count in pages.items())

        [found] = read(
            written(tmp_path, "d.csv", ga4(f"Device category,Sessions\n{by_device}")), "ga4"
        )
        with pytest.raises(ContractError, match="cannot be added over Page path"):
            read(written(tmp_path, "p.csv", ga4(f"Page path,Sessions\n{by_page}")), "ga4")

        assert found.frame["sessions"].sum() == len(visits)


class TestVisitsOverWhatTheyAreInOnce:
    @pytest.mark.parametrize(
        "header",
        [
            "Device category", "Country", "Landing page", CHANNEL, "Session source / medium",
            "City", "First user source", "Browser", "Langue", "Catégorie d'appareil", "Pays",
            "Navegador", "Página de destino", "Categoría de dispositivo",
        ],
    )  # fmt: skip
    def test_goes_on_working(self, site, header):
        taken(site, ga4(f"{header},Date,Sessions\na,20260901,80\nb,20260901,60\na,20260902,60"))

        assert value(kl.open(site), "sessions", "2026-09") == 200

    def test_figures_that_are_not_read_part_nothing(self, site):
        taken(
            site,
            ga4(f"{CHANNEL},Sessions,Total revenue,Custom time\nDirect,8,€12.5,1m 20s\n(x),2,,-"),
        )

        assert value(kl.open(site), "sessions", "2026-09") == 10

    def test_views_of_pages_and_counts_of_events_are_added(self, tmp_path):
        pages = ga4("Page path,Views,Sessions\n/,90,80\n/courses,70,60")
        events = ga4("Event name,Event count,Sessions\nscroll,90,80\nclick,7,6")

        [page] = read(written(tmp_path, "p.csv", pages), "ga4")
        [event] = read(written(tmp_path, "e.csv", events), "ga4")

        assert (page.understood.sums["views"], event.understood.sums["events"]) == (160, 97)
        assert page.understood.table.unused and event.understood.table.unused  # and no visits

    def test_a_snapshot_of_several_tables(self, tmp_path):
        assert read(written(tmp_path, "s.csv", SNAPSHOT_ES), "ga4")


class TestWhatIsNotKnown:
    def test_a_dimension_is_asked_about_and_told(self, site):
        text = ga4("Tier of course,Sessions\ngold,80\nfree,60")

        assert refused(site, text) == [
            "x.csv:10: column Tier of course: nothing says whether a visit is in one of its groups"
            " only. If it can be in several, it is counted once in each, and Sessions cannot be"
            " added over Tier of course: export it again with Date and Session default channel"
            " group. If it is in one only, say so: --read 'Tier of course=once'."
        ]
        taken(site, text, **{"Tier of course": "once"})
        assert value(kl.open(site), "sessions", "2026-09") == 140

    def test_what_is_known_to_be_several_cannot_be_told_away(self, site):
        with pytest.raises(ContractError, match="once in each event"):
            taken(site, ga4(f"Event name,Sessions\n{BY_EVENT}"), **{"Event name": "once"})

    def test_numbers_may_be_groups_too(self, site):
        text = ga4("Step,Date,Sessions\n1,20260901,120\n2,20260901,70")

        assert "column Step: nothing says" in refused(site, text)[0]

    def test_a_column_that_was_taken_out(self, site):
        text = ga4(f"{CHANNEL},Sessions\nDirect,120\nDirect,70\nReferral,9")

        assert refused(site, text) == [
            "x.csv: 1 row(s) are the same in every column that parts them: a column was removed, or"
            f" rows come twice, and a visit would be counted several times. {INSTEAD}."
        ]

    def test_two_cuts_of_the_same_days(self, site):
        taken(site, ga4("Date,Device category,Sessions\n20260901,a,8\n20260901,b,6\n20260901,c,1"))

        with pytest.raises(ContractError, match="days would count twice"):
            taken(site, ga4("Date,Browser,Sessions\n20260901,x,9\n20260901,y,6"))
        assert value(kl.open(site), "sessions", "2026-09") == 15


class TestMatomo:
    @pytest.mark.parametrize("label", ["/courses", "click", "Firefox"])
    def test_a_label_that_is_no_channel(self, site, label):
        text = f"date,label,nb_visits,nb_actions\n2026-09-01,{label},4,9\n2026-09-01,Websites,5,9\n"

        [fault] = refused(site, text)

        assert "x.csv:1: column label: nothing says whether a visit" in fault
        taken(site, text, label="once")
        assert value(kl.open(site), "sessions", "2026-09") == 9

    @pytest.mark.parametrize(
        ("header", "what"),
        [("Page URL", "page"), ("Titre de la page", "page"), ("Event Action", "event")],
    )
    def test_pages_and_events(self, site, header, what):
        text = f"Date,{header},Visits,Actions\n2026-09-01,a,4,9\n2026-09-01,b,5,9\n"

        assert (
            f"once in each {what}: Visits cannot be added over {header}" in refused(site, text)[0]
        )

    def test_a_column_that_says_that_it_holds_channels(self, site):
        taken(site, "Date,Type de canal,Visites,Actions\n2026-09-01,Autre,4,9\n")

        assert value(kl.open(site), "sessions", "2026-09") == 4


class TestAPresetOfOnesOwn:
    def preset(self, site, name: str, more: str = "") -> None:
        (site / "presets").mkdir(exist_ok=True)
        (site / "presets" / "mine.yaml").write_text(
            "id: mine\nname: Mine\nstatus: documented\n"
            "tables:\n  - id: rows\n    target: sessions\n"
            f"    signature: [{name}, Tag, Besuche]\n    constants: {{is_aggregate: true}}\n"
            f"    fields:\n      session_id: {{names: {name}, type: id}}\n"
            "      started_at: {names: Tag, type: date}\n"
            f"      sessions: {{names: Besuche, type: int}}\n{more}",
            encoding="utf-8",
        )

    @pytest.mark.parametrize("name", ["Event name", "Page path", "Nom de l'événement", "Page URL"])
    def test_knows_what_is_known_to_be_several(self, site, name):
        self.preset(site, name)
        text = f"{name},Tag,Besuche\na,2026-09-01,120\nb,2026-09-01,70\n"

        assert f"Besuche cannot be added over {name}" in refused(site, text)[0]

    def test_asks_what_a_row_is(self, site):
        self.preset(site, "Kurs")
        text = "Kurs,Tag,Besuche\n1,2026-09-01,120\n2,2026-09-01,70\n"

        assert "column Kurs: nothing says whether a visit" in refused(site, text)[0]
        taken(site, text, Kurs="once")
        assert value(kl.open(site), "sessions", "2026-09") == 190

    def test_may_say_so_itself(self, site):
        self.preset(site, "Kurs", "    once: {unit: a visit, field: sessions, groups: [Kurs]}\n")

        taken(site, "Kurs,Tag,Besuche\n1,2026-09-01,120\n2,2026-09-01,70\n")

        assert value(kl.open(site), "sessions", "2026-09") == 190

    def test_a_column_that_it_does_not_read(self, site):
        self.preset(site, "Device", "      country: {names: Land}\n")
        text = "Device,Land,Seite,Tag,Besuche\na,FR,/x,2026-09-01,9\nb,FR,/y,2026-09-01,7\n"

        assert "column Seite: nothing says" in refused(site, text)[0]

    def test_rows_that_are_visits_need_none_of_it(self, site):
        self.preset(site, "Besuch")
        path = site / "presets" / "mine.yaml"
        text = path.read_text(encoding="utf-8").replace("    constants: {is_aggregate: true}\n", "")
        text = text.replace("      sessions: {names: Besuche, type: int}\n", "")
        path.write_text(text, encoding="utf-8")

        taken(site, "Besuch,Tag,Besuche\na,2026-09-01,x\nb,2026-09-01,y\n")

        assert value(kl.open(site), "sessions", "2026-09") == 2


ADS = "Campaign,Day,{},Impr.,Clicks,Cost\nA,2026-09-01,{},90,8,5\nA,2026-09-01,{},90,2,5\n"


class TestImpressions:
    @pytest.mark.parametrize(
        ("header", "what"),
        [("Click type", "click type"), ("Asset", "asset"), ("Audience", "audience")],
    )
    def test_of_google_ads_over_what_repeats_them(self, site, header, what):
        [fault] = refused(site, ADS.format(header, "a", "b"))

        assert f"an impression is counted once in each {what}: Impr. cannot be added" in fault

    def test_over_a_segment_that_is_not_known(self, site):
        assert (
            "column Segment X: nothing says" in refused(site, ADS.format("Segment X", "a", "b"))[0]
        )

    def test_over_devices(self, site):
        taken(site, ADS.format("Device", "a", "b"))

        assert value(kl.open(site), "ad_ctr", "2026-09") == pytest.approx(10 / 180, abs=1e-15)

    def test_a_column_that_describes_a_campaign(self, site):
        taken(
            site,
            "Campaign,Day,Bid strategy,Impr.,Clicks,Cost\n"
            "A,2026-09-01,x,90,8,5\nB,2026-09-01,x,10,2,5\n",
        )

        assert value(kl.open(site), "ad_ctr", "2026-09") == pytest.approx(0.1, abs=1e-15)

    @pytest.mark.parametrize(
        ("header", "said"),
        [("Conversion device", "once in each conversion"), ("Mood", "column Mood: nothing says")],
    )
    def test_of_meta(self, site, header, said):
        text = (
            f"Reporting starts,Reporting ends,Campaign name,{header},Impressions,"
            "Amount spent (EUR)\n"
            "2026-09-01,2026-09-01,A,x,90,5\n2026-09-01,2026-09-01,A,y,90,5\n"
        )
        assert said in refused(site, text)[0]

    @pytest.mark.parametrize("header", ["Page", "Query", "Requête"])
    def test_of_searches(self, site, header):
        text = (
            f"Date,{header},Clicks,Impressions,CTR,Position\n"
            "2026-09-01,a,5,100,5%,12.5\n2026-09-01,b,0,20,0%,30\n"
        )
        assert "Impressions cannot be added over" in refused(site, text)[0]

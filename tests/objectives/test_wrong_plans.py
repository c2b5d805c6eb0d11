"""Ten objectives files that are wrong in many ways: each fault is said, at its line, with a remedy.

The numbers before the messages are lines of the file above them, counted by hand.
"""

from __future__ import annotations

import re

import pytest

from kpilib.errors import CompanyError
from kpilib.language import speaking
from kpilib.objectives.plan import read_plan

# An objective without a figure: the message teaches how to write one.
VAGUE = (
    """\
objectives:
  - id: experience
    statement: Améliorer l'expérience
    key_results:
      - id: kr_experience
        label: Une meilleure expérience
""",
    """\
5: objectives.experience.key_results.kr_experience.end: missing, here and in the objective.
   Write a day as YYYY-MM-DD.
5: objectives.experience.key_results.kr_experience.kpi: missing. Which figure shows it? Write
   the id of a KPI (`kpilib kpis` lists them), or mode: binary for a milestone that no figure
   measures.
5: objectives.experience.key_results.kr_experience.mode: missing. How target is meant: from_to
   (a level to reach from baseline), relative (per cent of the baseline), points (percentage
   points), absolute (so much more, in the KPI's unit), count (so many in all from start to
   end), maintain (a level to hold), per_period_compound (per cent each month), binary (done or
   not).
5: objectives.experience.key_results.kr_experience.start: missing, here and in the objective.
   Write a day as YYYY-MM-DD.
5: objectives.experience.key_results.kr_experience.target: missing. Which figure is to be
   reached? Write it with its unit.
Such an objective can be followed once it says which figure, from where, to where and by when:
    - id: experience
      statement: "Satisfy nine learners in ten"
      key_results:
        - id: kr_satisfaction
          kpi: csat
          mode: from_to
          unit: "%"
          baseline: 85
          target: 90
          start: 2026-07-01
          end: 2026-12-31
`kpilib kpis` lists the KPIs.
""",
)
# Keys and names, at every depth.
MISSPELT = (
    """\
cadense: weekly
objectives:
  - id: growth
    statment: Grow
    start: 2026-01-01
    end: 2026-12-31
    owner: {en: Lea, de: Lea}
    actions:
      - {id: guides, kind: ceo, description: Rewrite the guides, begin: 2026-02-01}
    key_results:
      - id: kr_visits
        kpi: organic_sesions
        mode: from_to
        unit: count
        baselin: 1512
        target: 1950
        revisions:
          - {date: 2026-03-01, was: 1900, reason: Too low}
      - id: kr_answers
        kpi: csat
        mode: form_to
        unit: "%"
        baseline: 80
        target: 85
        rôle: headline
""",
    """\
1: cadense: unknown key. Did you mean 'cadence'?
4: objectives.growth.statment: unknown key. Did you mean 'statement'?
7: objectives.growth.owner.de: unknown key. Known here: en, fr.
9: objectives.growth.actions.guides.begin: unknown key. Known here: id, kind, description,
   start, end, owner.
9: objectives.growth.actions.guides.kind: found 'ceo'. Did you mean 'seo'? Write one of
   campaign, seo, sea, email, social, training, improvement, event.
9: objectives.growth.actions.guides.start: missing. First day, YYYY-MM-DD.
12: objectives.growth.key_results.kr_visits.kpi: 'organic_sesions' is not a KPI of the
   catalogue. Did you mean 'organic_sessions'? `kpilib kpis` lists them.
15: objectives.growth.key_results.kr_visits.baselin: unknown key. Did you mean 'baseline'?
18: objectives.growth.key_results.kr_visits.revisions.#1.reason: unknown key. Known here: date,
   was, why, by.
18: objectives.growth.key_results.kr_visits.revisions.#1.why: missing. Why it was changed.
21: objectives.growth.key_results.kr_answers.mode: found 'form_to'. Did you mean 'from_to'?
   Write one of from_to, relative, points, absolute, count, maintain, per_period_compound,
   binary.
25: objectives.growth.key_results.kr_answers.rôle: unknown key. Did you mean 'role'?
""",
)
# Wrong types, and what YAML takes for something else.
TYPES = (
    """\
objectives:
  - id: growth
    statement: 2026
    priority: first
    start: 2026-01
    end: 2026-06-31
    key_results:
      - id: KR 1
        kpi: csat
        mode: maintain
        unit: "%"
        target: true
        actions: guides
        weight: 0
      - just text
      - id: kr_2
        kpi: nps
        mode: from_to
        unit: points
        baseline: .nan
        target: [40]
        by: customer_kind
        group: 08
        reviews: [2026-02-30, soon]
        thresholds: [1, 0.7]
        path: 40
      - {id: kr_3, kpi: open_rate, mode: from_to, unit: "%", baseline: 20,5, target: 25}
      - {id: kr_4, kpi: NO, mode: from_to, baseline: 3,target: "3,3 %"}
""",
    """\
3: objectives.growth.statement: found 2026; write a text, or {en: ..., fr: ...}.
4: objectives.growth.priority: found 'first'; input should be a valid integer, unable to parse
   string as an integer.
5: objectives.growth.start: found '2026-01'; write a day as YYYY-MM-DD.
6: objectives.growth.end: found '2026-06-31'; the calendar has no such day.
8: objectives.growth.key_results.KR 1.id: found 'KR 1'; write small letters, digits and _, a
   letter first, such as kr_visits.
12: objectives.growth.key_results.KR 1.target: found true; write a number, with its unit in
   unit: or beside it, such as "3.3 %".
13: objectives.growth.key_results.KR 1.actions: found 'guides'; write a list: [guides].
14: objectives.growth.key_results.KR 1.weight: found 0; write more than 0.
15: objectives.growth.key_results.#2: found 'just text'; write its keys: id, kpi, by, group,
   segments, label, mode, baseline, baseline_period, target, unit, start, end, role, weight,
   thresholds, path, owner, object, actions, next_action, reviews, justification, revisions.
20: objectives.growth.key_results.kr_2.baseline: found nan; write a finite number.
21: objectives.growth.key_results.kr_2.target: found a list; write a number, with its unit in
   unit: or beside it, such as "3.3 %".
23: objectives.growth.key_results.kr_2.group: found 8; write a text, in quotes where YAML takes
   it for something else.
24: objectives.growth.key_results.kr_2.reviews.#1: found '2026-02-30'; the calendar has no such
   day.
24: objectives.growth.key_results.kr_2.reviews.#2: found 'soon'; write a day as YYYY-MM-DD.
25: objectives.growth.key_results.kr_2.thresholds: found a list. What it is: From which
   attainment it is a success, a moderate success, a moderate failure: standard (1, 0.7, 0.4),
   stretch (0.7, 0.5, 0.3) for a target meant to be out of reach, or three numbers.
26: objectives.growth.key_results.kr_2.path: found 40; write months and levels, such as
   {2026-06: 40}.
27: objectives.growth.key_results.kr_3.5: unknown key. Is it what follows a decimal comma?
   Decimals have a point.
28: objectives.growth.key_results.kr_4.kpi: 'NO' is not a KPI of the catalogue. `kpilib kpis`
   lists them.
28: objectives.growth.key_results.kr_4.target: '3,3 %' is not one number with its unit. Write
   '3.3 %' if the comma is a decimal one, else '33 %'.
""",
)
# Ids, parents, circles, and actions that nobody does.
TREE = (
    """\
objectives:
  - id: growth
    parent: sales
    statement: Grow
    start: 2026-01-01
    end: 2026-12-31
    actions:
      - {id: guides, kind: seo, description: Rewrite the guides, start: 2026-02-01}
    key_results:
      - {id: kr_visits, kpi: organic_sessions, mode: from_to, unit: count, baseline: 1512,
         target: 1950, actions: [guide]}
  - id: sales
    parent: growth
    statement: Sell
    actions:
      - {id: guides, kind: sea, description: Bid on courses, start: 2026-03-01, end: 2026-02-01}
  - id: sales
    parent: growht
    statement: Sell more
    key_results:
      - {id: kr_visits, kpi: leads, mode: from_to, unit: count, baseline: 100, target: 120,
         start: 2026-01-01, end: 2026-12-31, actions: [calls]}
""",
    """\
3: objectives.growth.parent: turns in a circle: growth serves sales serves growth. One of them
   is above the others: leave its parent out.
11: objectives.growth.key_results.kr_visits.actions.#1: there is no action 'guide' in its
   objective, nor in one above it. Did you mean 'guides'? There are: guides.
16: objectives.sales.actions.guides.end: ends on 2026-02-01, before it starts on 2026-03-01.
   Swapped?
16: objectives.sales.actions.guides.id: 'guides' is used twice. Give each its own name.
17: objectives.sales.id: 'sales' is used twice. Give each its own name.
18: objectives.sales.parent: there is no objective 'growht'. Did you mean 'growth'? There are:
   growth.
21: objectives.sales.key_results.kr_visits.id: 'kr_visits' is used twice. Give each its own
   name.
22: objectives.sales.key_results.kr_visits.actions.#1: there is no action 'calls' in its
   objective, nor in one above it. There is none.
""",
)
# Days that are missing, in the wrong order or outside.
DAYS = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-12-31
    end: 2026-01-01
  - id: sales
    statement: Sell
    key_results:
      - {id: kr_leads, kpi: leads, mode: from_to, unit: count, baseline: 100, target: 120}
      - {id: kr_calls, mode: binary, start: 2026-06-30, end: 2026-06-01}
      - id: kr_visits
        kpi: organic_sessions
        mode: from_to
        unit: count
        baseline: 1512
        target: 1950
        start: 2026-01-01
        end: 2026-06-30
        path:
          2026-1: 1600
          2026-03-31: 1700
          2026-05: 1800
          2026-06: 1900
          2026-09: 1950
        revisions:
          - {date: 2025-12-01, was: 1900, why: Too low}
          - {date: 2026-02-01, was: 1900, why: Too low}
          - {date: 2026-02-01, was: 1920, why: Too low still}
""",
    """\
5: objectives.growth.end: ends on 2026-01-01, before it starts on 2026-12-31. Swapped?
9: objectives.sales.key_results.kr_leads.end: missing, here and in the objective. Write a day as
   YYYY-MM-DD.
9: objectives.sales.key_results.kr_leads.start: missing, here and in the objective. Write a day
   as YYYY-MM-DD.
10: objectives.sales.key_results.kr_calls.end: ends on 2026-06-01, before it starts on
   2026-06-30. Swapped?
20: objectives.sales.key_results.kr_visits.path.2026-1: '2026-1' is not a month. Write YYYY-MM.
21: objectives.sales.key_results.kr_visits.path.2026-03-31: '2026-03-31' is not a month. Write
   YYYY-MM.
23: objectives.sales.key_results.kr_visits.path.2026-06: asks for 1900 by the last day, and the
   target for 1950. Which is it?
24: objectives.sales.key_results.kr_visits.path.2026-09: the end of this month is not in
   2026-01-01 to 2026-06-30, the days of the key result.
26: objectives.sales.key_results.kr_visits.revisions.#1.date: 2025-12-01 is not in 2026-01-01 to
   2026-06-30, the days of the key result.
28: objectives.sales.key_results.kr_visits.revisions.#3.date: 2026-02-01 has a revision already.
   Keep the one that holds.
""",
)
# Groups of nothing, and figures that have no whole.
SLICES = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_1, kpi: nps, mode: from_to, unit: points, baseline: 10, target: 20, group: company}
      - {id: kr_2, kpi: csat, mode: maintain, unit: "%", target: 85, by: customer_kind}
      - id: kr_3
        kpi: leads
        mode: from_to
        unit: count
        baseline: 100
        target: 150
        by: channel
        group: email
        segments:
          - {group: email, target: 120}
          - {group: email, target: 130}
        path: {2026-06: 125}
        revisions: [{date: 2026-03-01, was: 110, why: Too low}]
      - {id: kr_4, kpi: units_sold, mode: from_to, unit: count, baseline: 10, target: 20}
""",
    """\
7: objectives.growth.key_results.kr_1.group: groups of what? Write by: with the breakdown, such
   as by: channel.
8: objectives.growth.key_results.kr_2.by: which of them? Write group: with one customer_kind, or
   segments: with several.
14: objectives.growth.key_results.kr_3.target: beside segments, which have targets of their own.
   Keep one of the two.
16: objectives.growth.key_results.kr_3.group: beside segments. Keep group for one group, or
   segments for several.
19: objectives.growth.key_results.kr_3.segments.#2.group: 'email' has a target already. Keep
   one.
20: objectives.growth.key_results.kr_3.path: segments start at different levels, so one path
   cannot be theirs. Leave path out.
21: objectives.growth.key_results.kr_3.revisions: a revision does not say which segment it
   changed. Write a key result for each group.
22: objectives.growth.key_results.kr_4.by: missing. units_sold has no figure as a whole: write
   by: product_kind, and group:.
""",
)
# Targets that can be meant in several ways.
QUESTIONS = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-01-01
    end: 2026-03-31
    key_results:
      - {id: kr_1, kpi: organic_sessions, baseline: 5000, target: +20}
      - {id: kr_2, kpi: visitor_to_lead_rate, baseline: 2.0, unit: "%", target: "+15 %"}
      - {id: kr_3, kpi: engagement_rate_impressions, baseline: 2.0, unit: "%",
         target: "+10 % each month"}
      - {id: kr_4, kpi: followers, target: 8000, unit: count}
  - id: service
    statement: Serve
    start: 2026-01-01
    end: 2026-03-31
    key_results:
      - {id: kr_5, kpi: csat, mode: from_to, baseline: 70, target: 80}
      - {id: kr_6, kpi: cost_per_lead, mode: from_to, unit: EUR, baseline: "24,30", target: 20 €}
      - {id: kr_7, kpi: open_rate, mode: from_to, unit: "%", baseline: 20, target: "+3 %"}
      - {id: kr_8, kpi: leads, mode: from_to, unit: count, baseline: 100, target: +10 % par mois}
  - id: balance
    statement: Hold the balance
    start: 2026-01-01
    end: 2026-03-31
    key_results:
      - {id: kr_9, kpi: nps, unit: points, baseline: -39, target: -10}
      - {id: kr_10, kpi: referral_rate, mode: points, unit: pt, baseline: 70, target: 2 pt a month}
      - {id: kr_11, kpi: revenue, unit: EUR, baseline: 90000, target: 10 %}
""",
    """\
7: objectives.growth.key_results.kr_1.mode: missing. '+20' of what? Write mode: absolute, unit:
   count (5000 becomes 5020), or mode: relative, unit: "%" (5000 becomes 6000).
8: objectives.growth.key_results.kr_2.mode: missing. '+15 %' is ambiguous. Write mode: relative,
   unit: "%" (2 % becomes 2.3 %), or mode: points, unit: pt (2 % becomes 17 %), or mode:
   per_period_compound, unit: "%" (2 % becomes 3.0417 % by 2026-03-31, so much more each month).
9: objectives.growth.key_results.kr_3.mode: missing. '+10 % each month' is a pace. Write mode:
   per_period_compound, unit: "%" (2 % becomes 2.662 % by 2026-03-31, so much more each month).
11: objectives.growth.key_results.kr_4.mode: missing. 8000 is ambiguous. Write mode: from_to,
   unit: count (8000 at the end), or mode: absolute, unit: count (2 becomes 8002), or mode:
   count, unit: count (8000 in all, from start to end), or mode: maintain, unit: count (8000 or
   better at each review) (2 is an example: there is no baseline).
17: objectives.service.key_results.kr_5.unit: missing. 80 of what? unit: "%" makes it 80 %,
   unit: fraction makes it 8000 %. Write what is meant.
18: objectives.service.key_results.kr_6.baseline: '24,30' is not one number with its unit. Write
   '24.30' if the comma is a decimal one, else '2430'.
18: objectives.service.key_results.kr_6.target: '€' is not a unit of this KPI. Write EUR.
19: objectives.service.key_results.kr_7.target: '+3 %' is ambiguous. Write mode: relative, unit:
   "%" (20 % becomes 20.6 %), or mode: points, unit: pt (20 % becomes 23 %), or mode:
   per_period_compound, unit: "%" (20 % becomes 21.8545 % by 2026-03-31, so much more each
   month).
20: objectives.service.key_results.kr_8.target: '+10 % par mois' is a pace. Write mode:
   per_period_compound, unit: "%" (100 becomes 133.1 by 2026-03-31, so much more each month).
26: objectives.balance.key_results.kr_9.mode: missing. -10 is ambiguous. Write mode: from_to,
   unit: points (-10 points at the end), or mode: absolute, unit: points (-39 points becomes -49
   points).
27: objectives.balance.key_results.kr_10.target: '2 pt a month' is a pace. Write mode: points,
   unit: pt and what that makes from start to end (a path is straight).
28: objectives.balance.key_results.kr_11.mode: missing. '10 %' is ambiguous. Write mode:
   relative, unit: "%" (90000 EUR becomes 99000 EUR), or mode: per_period_compound, unit: "%"
   (90000 EUR becomes 119790 EUR by 2026-03-31, so much more each month).
""",
)
# Figures that can be read and make no sense.
FIGURES = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_1, kpi: csat, mode: from_to, unit: fraction, baseline: 0.7, target: 80}
      - {id: kr_2, kpi: click_rate, mode: from_to, unit: fraction, baseline: 0.05, target: 0.03}
      - {id: kr_3, kpi: followers, mode: relative, unit: "%", baseline: 0, target: 20}
      - {id: kr_4, kpi: leads, mode: from_to, unit: count, baseline: 100, target: 100}
  - id: service
    statement: Serve
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_5, kpi: bounce_rate, mode: points, unit: pt, baseline: "40 %", target: 5}
      - {id: kr_6, kpi: nps, mode: maintain, unit: points, target: 30, path: {2026-06: 20},
         thresholds: [0.4, 0.7, 1]}
      - {id: kr_7, kpi: open_rate, mode: relative, unit: "%", baseline: 90, target: 15}
      - id: kr_8
        kpi: avg_resolution_time
        mode: from_to
        unit: weeks
        baseline: 2
        target: 1
  - id: money
    statement: Earn
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_9, kpi: unsubscribe_rate, mode: from_to, unit: "%", baseline: 2, target: 1,
         path: {2026-06: 130, 2026-09: 1}, revisions: [{date: 2026-03-01, was: -1, why: Typed}]}
      - {id: kr_10, kpi: revenue, mode: relative, unit: "%", baseline: 90000, target: 5,
         revisions: [{date: 2026-03-01, was: -150, why: Typed}], path: {2026-06: soon}}
      - {id: kr_11, kpi: delivery_rate, mode: relative, unit: "%", baseline: 0.02, target: 15}
""",
    """\
7: objectives.growth.key_results.kr_1.target: comes to 8000 %; csat lies between 0 and 100 %.
   For 80 % write unit: "%".
8: objectives.growth.key_results.kr_2.target: from 0.05 to 0.03 is a fall, and of click_rate
   more is better. Are the two swapped? To accept a fall, write mode: maintain with the lowest
   level that is accepted.
9: objectives.growth.key_results.kr_3.target: per cent need a baseline above 0, and a target
   that is above 0 too. Write the level with mode: from_to, or the difference with mode:
   absolute (points of a rate).
10: objectives.growth.key_results.kr_4.target: from 100 to 100 there is no way to go. To hold a
   level, write mode: maintain.
16: objectives.service.key_results.kr_5.target: from 40 % to 45 % is a rise, and of bounce_rate
   less is better. Are the two swapped? To accept a rise, write mode: maintain with the highest
   level that is accepted.
17: objectives.service.key_results.kr_6.path: mode maintain has no way to go: its level is the
   same on each day. Leave path out.
18: objectives.service.key_results.kr_6.thresholds: found 0.4, 0.7, 1; write three numbers that
   fall: from which attainment it is a success, a moderate success, a moderate failure, such as
   [1, 0.7, 0.4].
19: objectives.service.key_results.kr_7.target: comes to 103.5 %; open_rate lies between 0 and
   100 %.
23: objectives.service.key_results.kr_8.unit: 'weeks' is not a unit of this KPI. Write h or min
   or d.
32: objectives.money.key_results.kr_9.path.2026-06: comes to 130 %; unsubscribe_rate lies
   between 0 and 100 %.
32: objectives.money.key_results.kr_9.revisions.#1.was: comes to -1 %; unsubscribe_rate lies
   between 0 and 100 %.
34: objectives.money.key_results.kr_10.path.2026-06: 'soon' is not one number with its unit.
   Write a figure, such as 20 or "3.3 %".
34: objectives.money.key_results.kr_10.revisions.#1.was: per cent need a baseline above 0, and a
   target that is above 0 too. Write the level with mode: from_to, or the difference with mode:
   absolute (points of a rate).
35: objectives.money.key_results.kr_11.baseline: 0.02 beside a target in % is read as 0.02 %.
   Write "0.02 %" if that is meant, "2 %" if it is a fraction.
""",
)
# What a mode needs, and what a milestone has not.
MISSING = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_1, mode: from_to, unit: count, baseline: 100, target: 120}
      - {id: kr_2, kpi: leads, mode: relative, unit: "%", target: 20}
      - {id: kr_3, kpi: leads, mode: maintain, by: channel, group: email}
      - {id: kr_4, kpi: nps, mode: binary}
  - id: launch
    statement: Launch
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_5, mode: binary, unit: count, target: 1}
      - {kpi: nps, mode: from_to, unit: points, by: customer_kind,
         segments: [{group: company, target: 30}]}
""",
    """\
7: objectives.growth.key_results.kr_1.kpi: missing. Which figure shows it? Write the id of a KPI
   (`kpilib kpis` lists them), or mode: binary for a milestone that no figure measures.
8: objectives.growth.key_results.kr_2.baseline: missing. From which figure does it start? Write
   the figure of the last complete month, and that month in baseline_period.
9: objectives.growth.key_results.kr_3.target: missing. Which figure is to be reached? Write it
   with its unit.
10: objectives.growth.key_results.kr_4.target: missing. Which figure is to be reached? Write it
   with its unit.
16: objectives.launch.key_results.kr_5.target: a milestone without KPI is done or not. Leave
   this out, or name the KPI.
16: objectives.launch.key_results.kr_5.unit: a milestone without KPI is done or not. Leave this
   out, or name the KPI.
17: objectives.launch.key_results.#2.id: missing. Name of the key result: small letters, digits
   and _; once in the file.
18: objectives.launch.key_results.#2.segments.#1.baseline: missing. From which figure does it
   start? Write the figure of the last complete month, and that month in baseline_period.
""",
)
# Too many key results, two headlines, weights, one figure twice.
STRUCTURE = (
    """\
objectives:
  - id: growth
    statement: Grow
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr_1, kpi: leads, mode: from_to, unit: count, baseline: 9, target: 12, role: headline}
      - {id: kr_2, kpi: followers, mode: from_to, unit: count, baseline: 9, target: 12,
         role: headline, weight: 0.5}
      - {id: kr_3, kpi: reach, mode: from_to, unit: people, baseline: 9, target: 12}
      - {id: kr_4, kpi: nps, mode: from_to, unit: points, baseline: 9, target: 12}
      - {id: kr_5, mode: binary}
  - id: service
    statement: Serve
    start: 2026-06-01
    end: 2026-12-31
    key_results:
      - {id: kr_6, kpi: nps, mode: from_to, unit: points, baseline: 9, target: 13, weight: 0.5}
      - {id: kr_7, kpi: csat, mode: from_to, unit: "%", baseline: 80, target: 85, weight: 0.2}
""",
    """\
7: objectives.growth.key_results.kr_1.weight: missing, though 'kr_2' has one. Weigh all key
   results, or none.
9: objectives.growth.key_results.kr_2.role: a second headline beside 'kr_1': one objective, one
   headline KPI. Write role: secondary, or give it an objective of its own.
10: objectives.growth.key_results.kr_3.weight: missing, though 'kr_2' has one. Weigh all key
   results, or none.
11: objectives.growth.key_results.kr_4.weight: missing, though 'kr_2' has one. Weigh all key
   results, or none.
12: objectives.growth.key_results.kr_5.weight: missing, though 'kr_2' has one. Weigh all key
   results, or none.
12: objectives.growth.key_results.kr_5: 5 key results; an objective has at most 4. Keep those
   that decide, or make two objectives of it.
18: objectives.service.key_results.kr_6.kpi: nps has a target on the same days already, in
   'kr_4'. Keep one, or let one end before the other starts.
19: objectives.service.key_results.kr_7.weight: the weights come to 0.7 and not to 1. Mend one
   of them.
""",
)

FILES = (
    VAGUE, MISSPELT, TYPES, TREE, DAYS, SLICES, QUESTIONS, FIGURES, MISSING, STRUCTURE,
)  # fmt: skip


def said(folder, text):
    """The faults of a file, without its name."""
    (folder / "objectives.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CompanyError) as caught:
        read_plan(folder)
    return str(caught.value).replace("objectives.yaml:", "")


@pytest.mark.parametrize(("text", "faults"), FILES)
def test_every_fault_is_said_at_its_line(tmp_path, text, faults):
    # A message may stand on several lines here; in the answer it is one.
    assert said(tmp_path, text).split("\n") == re.sub(r"\n   (?=\S)", " ", faults).splitlines()


def test_m01_an_objective_has_one_headline(tmp_path):
    faults = said(tmp_path, STRUCTURE[0])

    assert faults.count("a second headline beside 'kr_1'") == 1


def test_m08_five_key_results_are_an_error(tmp_path):
    four = STRUCTURE[0].replace("      - {id: kr_5, mode: binary}\n", "")

    assert "5 key results; an objective has at most 4" in said(tmp_path, STRUCTURE[0])
    assert "an objective has at most" not in said(tmp_path, four)


def test_the_example_that_teaches_is_right_itself(tmp_path):
    example = said(tmp_path, VAGUE[0]).split("by when:\n")[1].rpartition("\n`kpilib")[0]
    (tmp_path / "objectives.yaml").write_text(f"objectives:\n{example}\n", encoding="utf-8")

    assert read_plan(tmp_path).objectives[0].key_results[0].target == 90


def test_a_target_in_another_currency_is_refused(tmp_path):
    text = """\
objectives:
  - id: cost
    statement: Spend less
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr, kpi: cost_per_lead, mode: from_to, unit: EUR, baseline: 30, target: 20}
"""
    (tmp_path / "objectives.yaml").write_text(text, encoding="utf-8")

    assert read_plan(tmp_path, "EUR").objectives[0].id == "cost"
    with pytest.raises(CompanyError, match="^objectives.yaml:7: .*'EUR' is not a unit.*Write CHF"):
        read_plan(tmp_path, "CHF")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: a\n", "1: found a list; write keys: cadence, objectives."),
        ("just text\n", "1: found 'just text'; write keys: cadence, objectives."),
        ("objectives: growth\n", "1: objectives: found 'growth'; write a list: each with a -."),
        ("objectives:\n  - [a\n", "3: not YAML: expected ',' or ']', but got '<stream end>'."),
        ("cadence: monthly\ncadence: weekly\n", "2: not YAML: the key 'cadence' stands twice. Keep "
         "one."),
        ("cadence:\n\t- a\n", "2: not YAML: a tab stands where spaces belong. Indent with spaces."),
        ("objectives:\n  - statement: Sell: more\n", "2: not YAML: a colon stands inside a text. "
         "Put the text between quotes."),
        ("a: 1\nb: \0\n", "2: not YAML: a sign that no text holds. Write the line anew, in a text "
         "editor."),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(tmp_path, text, message):
    assert said(tmp_path, text) == message


RATE = """\
objectives:
  - id: stay
    statement: Make visitors stay
    key_results:
      - id: kr
        kpi: bounce_rate
        mode: from_to
        unit: "%"
        baseline: 40
        target: 30
        start: 2026-07-01
        end: 2026-12-31
"""


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("mode:", "baseline_period: 2026-13\n        mode:",
         "7: objectives.stay.key_results.kr.baseline_period: There is no month 13 in"),
        ("mode:", "baseline_period: June\n        mode:",
         "7: objectives.stay.key_results.kr.baseline_period: Not a period: 'June'."),
        ("mode:", "baseline_period: 2027-01\n        mode:", "7: objectives.stay.key_results.kr."
         "baseline_period: 2027-01 begins after the last day of the key result, 2026-12-31."),
        ("statement:", "type: visit\n    statement:", "3: objectives.stay.type: 'visit' is no "
         "objective type. Did you mean 'visits'? Write one of revenue,"),
        ("bounce_rate", "mine", "6: objectives.stay.key_results.kr.kpi: 'mine' is a KPI of "
         "kpis.yaml. Targets, notes and decisions are of KPIs of the catalogue alone"),
    ],
)  # fmt: skip
def test_what_would_do_nothing_is_a_fault(tmp_path, old, new, faults):
    (tmp_path / "kpis.yaml").write_text("kpis:\n  mine: {total: leads}\n")
    (tmp_path / "objectives.yaml").write_text(RATE)
    assert read_plan(tmp_path).objectives

    assert said(tmp_path, RATE.replace(old, new, 1)).startswith(faults)


def test_faults_are_french_where_the_reader_is(tmp_path):
    faults = RATE.replace("start: 2026-07-01", "start: 2026-02-30")
    with speaking("fr"):
        day, *_ = said(tmp_path, faults).splitlines()
        way = said(tmp_path, RATE.replace("target: 30", "target: 50"))
        none = said(tmp_path, RATE.replace("        baseline: 40\n", ""))
    assert day.endswith("start: trouvé\u00a0: '2026-02-30'\u00a0; le calendrier n'a pas ce jour.")
    assert "target: de 40 % à 50 %, c'est une hausse, et pour bounce_rate moins vaut mieux" in way
    assert "baseline: manque. De quel chiffre part-on\u00a0? Écrivez le chiffre" in none

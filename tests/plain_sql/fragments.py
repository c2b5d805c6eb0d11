"""What the queries share: the edges of a period, a ratio, the answers to surveys."""

from __future__ import annotations

IN = "{0} >= $start and {0} < $stop"
WAVES = f"from survey_waves where {IN.format('closed_at')}"
ANSWERS = f"""(select w.survey_kind, r.* from (
        select * from survey_responses qualify row_number() over (
            partition by survey_id, wave, respondent_key, item_id, subject_id
            order by answered_at desc) = 1) r
    join (select distinct survey_id, wave, survey_kind from survey_waves) w using (survey_id, wave)
    where {IN.format("answered_at")})"""


def ratio(up, down):
    """Return one figure over another, nothing where there is nothing below."""
    return f"select ({up})::double / nullif(({down}), 0)"


def there(first, last, day):
    """Return whether one's rows hold a day and the next: whoever leaves is gone that evening."""
    held = f"bool_or({first} <= {{0}} and coalesce({last}, date '2999-01-01') >= {{0}})"
    return " and ".join(held.format(each) for each in (f"({day})", f"({day} + 1)"))

"""Customers followed from their first order on, and the figures that stand beside a KPI."""

from __future__ import annotations

import pandas as pd

from kpilib.cohorts import ended_by, triangle
from kpilib.display.block import Block, notice
from kpilib.display.charts.heatmap import heatmap
from kpilib.display.gallery import Gallery
from kpilib.display.numbers import known
from kpilib.display.rows import month_of
from kpilib.display.table import table
from kpilib.methods.purchases import last_whole_month, second_orders

MONTHS = 12
FEW = 10

# What a figure beside a KPI is called, and its unit.
BESIDE_WORDS = {
    "observed": "Observed",
    "expected": "Expected",
    "counted_elsewhere": "Counted for campaigns at the same time",
    "attributed": "Tagged",
    "completion_rate": "Completion rate",
    "attendees": "People who came",
    "walk_ins": "Of them without registration",
    "orders": "Orders",
    "payments": "Payments",
    "refunds": "Refunds",
    "median_order": "Median order",
    "buyers": "Customers who ordered",
    "mean_gap_days": "Mean time between two orders",
    "one_time_buyer_share": "Customers with one order only in twelve months",
    "average_order_value": "Average order",
    "orders_per_month": "Orders per month as a customer",
    "lifetime_months": "Months as a customer so far",
    "customers": "Customers since the records begin",
    "customers_before_records": "Customers from before the records",
    "monthly_churn": "Monthly churn, all months so far",
    "gross_margin": "Gross margin",
    "churn_variant": "Variant by churn",
    "margin_variant": "Variant in margin",
    "discounted_variant": "Variant, discounted",
    "opening": "At the opening",
    "closing": "On the last day",
    "entries": "Entries",
    "exits": "Exits",
    "new_customers": "New customers",
    "lost_newcomers": "New customers lost again",
    "reactivated": "Customers who came back",
    "unknown_share": "Share of unknown origin",
    "gain": "Margin attributed to campaigns",
    "cost": "Campaign costs",
    "attributed_revenue": "Revenue attributed to campaigns",
    "attributed_customers": "Customers attributed to campaigns",
    "active": "Active in the last 30 days",
    "inactive": "Not active in the last 30 days",
    "active_visit_rate": "Active member rate, visits included",
    "contributions_per_member": "Contributions per member",
    "contributors": "Members who contributed",
    "median_per_member": "Median member",
    "gini": "Gini index (0 equal, 1 one person)",
    "members_a_day": "Members on an average day",
    "share_a_day": "Members on an average day, of those who came",
    "median_days": "Median member who came",
    "exchanges": "Answers, mentions and quotes",
    "collaborations": "Participations in joint projects",
    "exchanging_share": "Members with at least one exchange",
    "super_users": "Super-users",
    "largest_share": "Share of the first contributor",
    "purchase": "Purchases",
    "event": "Events",
    "download": "Downloads",
    "new_member": "Members brought",
    "median_hours_to_answer": "Median wait for an answer",
    "not_yet_due": "Questions less than 7 days old",
    "excluded_without_author": "Left out: questions without author",
    "polls": "Polls",
    "kappa": "Agreement of the raters (kappa, at most 1)",
    "rated_twice": "Marked by two raters",
    "contents": "Contents",
    "ratings": "Marks",
    "positive": "Positive",
    "neutral": "Neutral",
    "negative": "Negative",
    "association_members": "Members of the association",
    "new_subscriptions": "New subscriptions",
    "favourable": "Favourable",
    "unfavourable": "Unfavourable",
    "response_rate": "Response rate",
    "mean": "Mean answer",
    "share_4_5_stars": "Share of 4 and 5 stars",
    "stars_5": "Reviews with 5 stars",
    "stars_4": "Reviews with 4 stars",
    "stars_3": "Reviews with 3 stars",
    "stars_2": "Reviews with 2 stars",
    "stars_1": "Reviews with 1 star",
    "negative_share": "Share of negative texts",
    "per_active_customer": "Requests per active customer",
    "complaint_share": "Share of complaints",
    "median_hours": "Median, those still open included",
    "resolution_rate": "Share resolved",
    "open_tickets": "Still open",
    "excluded_answers": "Left out: answers missing or not valid",
    "excluded_ratings": "Left out: ratings that are not 1 to 5",
    "excluded_texts": "Left out: texts without a sentiment",
    "excluded_tickets": "Left out: resolved before they were opened",
    "excluded_free_orders": "Left out: free orders",
    "excluded_cancelled_orders": "Left out: cancelled orders",
    "excluded_refunded_orders": "Left out: orders paid back in full",
    "excluded_incomplete_orders": "Left out: orders without status or amount",
    "excluded_orders_without_customer": "Left out: orders without customer",
    "excluded_orders_without_margin": "Left out: orders without margin",
}
UNITS = {
    **dict.fromkeys(
        "refunds median_order average_order_value churn_variant margin_variant discounted_variant"
        " gain cost attributed_revenue".split(),
        "EUR",
    ),
    **dict.fromkeys(
        "one_time_buyer_share monthly_churn gross_margin unknown_share completion_rate".split(),
        "rate",
    ),
    **dict.fromkeys(
        "active_visit_rate share_a_day exchanging_share largest_share rated_twice".split(), "rate"
    ),
    **dict.fromkeys(
        "response_rate share_4_5_stars negative_share complaint_share resolution_rate".split(),
        "rate",
    ),
    **dict.fromkeys("orders_per_month lifetime_months gini kappa".split(), "ratio"),
    **dict.fromkeys("mean per_active_customer".split(), "ratio"),
    "median_hours": "hours",
    **dict.fromkeys("contributions_per_member median_per_member".split(), "acts"),
    **dict.fromkeys("mean_gap_days median_days".split(), "days"),
    "median_hours_to_answer": "hours",
}


class Followed(Gallery):
    """The methods of a page that follow customers, and show what stands beside a figure."""

    def beside(self, kpi: str) -> Block:
        """Show the figures that are read with a KPI: its factors, variants, what was left out."""
        say, definition, row = self.say, self.definition(kpi), self.row(kpi)
        details = row.get("details") or {}
        lines = [(say(definition.label), self.formatter.row_value(row))]
        lines += [
            (say(BESIDE_WORDS[name]), self._with_bounds(details, name))
            for name, value in details.items()
            if name in BESIDE_WORDS and known(value)
            and (value or not name.startswith("excluded_"))
        ]  # fmt: skip
        frame = pd.DataFrame(lines, columns=[say("Figure"), say("Value")])
        caption = say("{label} and what stands beside it, {month}", label=say(definition.label),
                      month=self.formatter.month(self.month))  # fmt: skip
        return table(frame, say, caption=caption, formats={say("Value"): str})

    def factors(self) -> Block:
        """Show what revenue is made of, line by line: customers, orders, their value, refunds.

        The lines add up for any data. Orders whose customer is not known are a line of their own,
        and refunds another: they are in revenue, and in no order per customer.
        """
        say, write, revenue = self.say, self.formatter, self.row("revenue")
        often, worth = self.row("purchase_frequency"), self.row("average_order_value")
        if not all(known(row["value"]) for row in (revenue, often, worth)):
            return self.withheld(self.definition("revenue"), pd.DataFrame([revenue]))
        orders, refunds = worth["denominator"], revenue["value"] - worth["numerator"]
        nameless = orders - often["numerator"]
        lines = [
            (say("Customers who ordered"), write.count(often["denominator"])),
            (
                say("times orders per customer"),
                write.enough(often["value"], "ratio", times=often["denominator"], places=0),
            ),
            *([(say("plus orders without a customer"), write.count(nameless))] * bool(nameless)),
            (say("orders"), write.count(orders)),
            (say("times the value of an order"), write.enough(worth["value"], "EUR", times=orders)),
            (say("amount of orders"), write.in_full(worth["numerator"], "EUR")),
            *([(say("less refunds"), write.in_full(-refunds, "EUR"))] * bool(round(refunds, 2))),
            (say("Revenue"), write.in_full(revenue["value"], "EUR")),
        ]
        frame = pd.DataFrame(lines, columns=[say("Figure"), say("Value")])
        caption = say("What revenue is made of, {month}", month=write.month(self.month))
        return table(frame, say, caption=caption, formats={say("Value"): str})

    def _with_bounds(self, details: dict[str, float | None], name: str) -> str:
        """Write a figure, with its interval where it has one; nothing when it is not known."""
        if not known(details.get(name)):
            return ""
        unit = UNITS.get(name, "count")
        bounds = (details.get(f"{name}_low"), details.get(f"{name}_high"))
        interval = self.formatter.interval(*bounds, unit)
        value = self.formatter.value(details[name], unit)
        return f"{value} ({interval})" if interval else value

    def cohorts(self, months: int = MONTHS) -> Block:
        """Show who came back: customers by the month of their first order, and months since.

        The last line is the Kaplan-Meier estimate over all cohorts, which allows for the young
        ones; a mean of the columns would not.

        Parameters
        ----------
        months : int
            How many cohorts, and how many months of each.
        """
        say, title = self.say, self.say("Who ordered again, and how soon?")
        if "orders" not in self.company.tables:
            return notice(title, say("n/a: {reason}", reason=say("its data was not provided")))
        cases = second_orders(self.company.tables, self.month)
        if cases.empty:
            return notice(title, say("n/a: {reason}", reason=say("no data in this period")))
        shares = triangle(cases, last_whole_month(self.company.tables, self.month)).tail(months)
        shares = shares[[age for age in shares if age < months]]
        sizes = cases.groupby("cohort").size()
        names = {cohort: self._cohort(cohort, sizes[cohort]) for cohort in shares.index}
        few = [names[cohort] for cohort in shares.index if sizes[cohort] < FEW]
        shares = shares.rename(index=names)
        whole = say("All ({count})", count=self.formatter.count(len(cases)))
        shares.loc[whole] = ended_by(cases["months"], cases["returned"], list(shares))
        shares.columns = [str(age) for age in shares]
        unseen = say("not observed yet")
        return heatmap(
            shares, "rate", self.formatter, title=title,
            subtitle=say("Share of new customers with a second order, by months since the first"),
            note=say("In brackets behind the month: its new customers. The last line counts every"
                     " customer for as long as seen (Kaplan-Meier)."),
            reasons={(row, age): unseen for row in shares.index for age in shares},
            few={(row, age) for row in few for age in shares if known(shares.at[row, age])},
            key=self.key("cohorts"),
        )  # fmt: skip

    def _cohort(self, month: int, size: int) -> str:
        name = self.formatter.month_short(month_of(month).name)
        return self.say("{month} ({count})", month=name, count=self.formatter.count(size))

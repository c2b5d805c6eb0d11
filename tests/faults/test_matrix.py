"""Every line of sections D to H of the list of faults has a test, here or elsewhere."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LINES = range(58, 122)
RUN, NOTEBOOK = "monthly/test_monthly_run", "monthly/test_one_notebook"
PARAMETERS, CHECKS = "monthly/test_notebook_parameters", "monthly/test_page_checks"
INDEX, LEDGER = "monthly/test_report_index", "monthly/test_ledger"
HERE, SAFETY = "faults/test_faults_of_the_run", "faults/test_faults_of_safety"
PAGES, FIGURES = "faults/test_faults_of_pages", "published/test_published_figures"
KILLED = f"{HERE}::test_f78_a_run_killed_before_it_publishes_changes_nothing"

# D. Configuration
PROVED = {
    58: f"{PARAMETERS}::test_an_unknown_parameter_is_refused_with_the_known_ones_and_the_nearest",
    59: f"{RUN}::test_a_notebook_that_would_report_another_month_is_refused",
    60: f"{PARAMETERS}::test_a_value_of_another_type_is_refused",
    61: f"{RUN}::test_what_is_no_month_is_refused",
    62: f"{SAFETY}::test_f62_no_topic_leads_anywhere",
    63: "objectives/test_wrong_plans::test_every_fault_is_said_at_its_line",
    64: f"{LEDGER}::test_f64_another_target_shows_the_verdict_given_then_and_the_one_now",
    65: f"{SAFETY}::test_f65_whatever_kernel_a_notebook_names_ours_is_started",
    66: "test_notebook_contract::test_it_is_committed_without_outputs",
    67: (
        f"{RUN}::test_a_page_says_what_it_is_based_on "
        f"{FIGURES}::test_a_published_figure_equals_plain_sql "
        "test_environment::test_every_direct_dependency_is_pinned_within_its_bound"
    ),
    68: (
        f"{SAFETY}::test_f68_figures_are_the_same_whoever_asks_and_wherever "
        f"{SAFETY}::test_every_text_file_is_opened_in_an_encoding_of_our_own"
    ),
    # E. The run
    69: (
        f"{HERE}::test_f69_a_worker_and_a_kernel_that_are_killed_cost_their_page_alone "
        "monthly/test_killed::test_a_kernel_a_worker_and_the_process_that_would_tell_of_its_end"
    ),
    70: f"{RUN}::test_what_failed_has_no_page_and_the_index_says_why",
    71: f"{NOTEBOOK}::test_any_other_result_is_a_failure",
    72: (
        f"{RUN}::test_an_interrupted_run_holds_its_month_until_then_and_leaves_nothing "
        f"{HERE}::test_f72_a_closed_terminal_ends_the_run_and_leaves_nothing_and_the_next_one_clears"
    ),
    73: f"{RUN}::test_what_a_stopped_notebook_had_started_is_gone",
    74: (
        f"{RUN}::test_one_that_fails_does_not_keep_the_others_from_being_published "
        f"{RUN}::test_a_failed_topic_links_its_last_good_month"
    ),
    75: (
        f"{RUN}::test_an_interrupted_run_holds_its_month_until_then_and_leaves_nothing "
        "monthly/test_month_lock::test_the_second_is_refused_and_told_who_and_since_when"
    ),
    76: f"{NOTEBOOK}::test_a_kernel_that_does_not_start_gets_one_second_chance",
    77: f"{SAFETY}::test_f77_without_a_fork_the_same_pages_come",
    78: (
        f"{RUN}::test_a_disk_that_is_full_leaves_the_month_as_it_was "
        f"{KILLED} "
        f"{HERE}::test_f78_a_publication_that_is_killed_leaves_whole_files_and_is_finished"
    ),
    79: "published/test_in_jupyterlab::test_it_runs_from_top_to_bottom",
    80: f"{NOTEBOOK}::test_any_other_result_is_a_failure",
    81: f"{PARAMETERS}::test_a_tag_that_lets_errors_pass_is_refused",
    82: f"{LEDGER}::test_f82_the_same_run_twice_gives_the_same_bytes",
    83: f"{FIGURES}::test_every_kpi_of_the_catalogue_is_in_the_figures",
    84: f"{SAFETY}::test_f84_two_kernels_read_one_company_and_forgotten_ones_end",
    # F. What comes out
    85: f"{RUN}::test_what_failed_has_no_page_and_the_index_says_why",
    86: f"{CHECKS}::test_a_chart_that_is_missing_is_noticed",
    87: f"{CHECKS}::test_a_page_that_weighs_too_much_is_refused",
    88: (
        f"{CHECKS}::test_a_page_that_could_run_or_fetch_something_is_refused "
        "published/test_pages_in_a_browser::test_a_page_asks_for_nothing_and_complains_of_nothing"
    ),
    89: "test_sample_exports::test_f89_the_month_is_published_where_the_repository_is_not",
    90: f"{PAGES}::test_f90_names_of_any_kind_break_no_page",
    91: (
        f"{INDEX}::test_a_page_that_was_deleted_is_not_linked "
        f"{INDEX}::test_months_are_listed_newest_first_with_what_failed"
    ),
    92: f"{CHECKS}::test_what_is_not_a_number_is_no_figure",
    93: "published/test_accessibility::test_nothing_keeps_a_reader_from_a_page",
    94: f"{RUN}::test_code_and_warnings_stay_off_the_page",
    95: f"{RUN}::test_a_page_says_what_it_is_based_on",
    # G. Privacy
    96: f"{FIGURES}::test_no_employee_group_below_five_is_in_the_figures",
    97: (
        "test_privacy::test_p15_subtraction_never_leaves_fewer_than_the_minimum "
        "test_printed::test_a_group_withheld_alone_takes_the_smallest_shown_along"
    ),
    98: "test_printed::test_no_combination_of_all_that_is_printed_gives_one_person_or_a_few",
    99: "test_printed::test_everybody_alike_is_a_band",
    100: (
        "test_dominance::test_never_of_employees "
        "test_dominance::test_one_customer_who_buys_most_and_one_order"
    ),
    101: (
        "test_privacy::test_is_never_lowered "
        "test_privacy::test_single_persons_are_refused_whatever_the_question"
    ),
    102: f"{PAGES}::test_f103_no_person_is_in_anything_that_is_published_or_said",
    103: (
        f"{PAGES}::test_f103_no_person_is_in_anything_that_is_published_or_said "
        f"{RUN}::test_a_foreign_error_is_not_repeated_where_people_read"
    ),
    104: (
        f"{PAGES}::test_f103_no_person_is_in_anything_that_is_published_or_said "
        "sources/test_secret::test_pseudonyms_need_the_key_and_ignore_case_and_spaces"
    ),
    105: f"{SAFETY}::test_f105_a_column_that_nobody_asked_for_is_out_of_reach",
    106: (
        f"{RUN}::test_the_log_of_a_failure_is_private_and_that_of_a_success_is_gone "
        f"{SAFETY}::test_stay_for_thirty_days"
    ),
    107: "test_sample_company::test_addresses_are_examples",
    108: f"{PAGES}::test_f103_no_person_is_in_anything_that_is_published_or_said",
    # H. Security
    109: f"{PAGES}::test_f109_a_payload_is_text_on_every_page",
    110: f"{SAFETY}::test_f110_no_cell_and_no_module_shows_unescaped_html",
    111: (
        f"{CHECKS}::test_a_page_says_its_language_and_its_policy "
        f"{RUN}::test_every_page_and_index_is_inert"
    ),
    112: f"{INDEX}::test_no_text_of_a_manifest_becomes_markup",
    113: (
        f"{PARAMETERS}::test_a_secret_is_refused_by_its_name "
        "test_database::test_the_password_is_in_nothing_that_is_written "
        "test_database::test_a_broken_connection_keeps_the_password_out_of_a_failed_run"
    ),
    114: f"{SAFETY}::test_f114_a_value_is_a_value_on_every_engine",
    115: (
        f"{SAFETY}::test_tables "
        f"{SAFETY}::test_links "
        "test_database::test_a_view_cannot_reach_other_files"
    ),
    116: f"{PARAMETERS}::test_a_name_that_is_code_is_no_parameter",
    117: (
        f"{PAGES}::test_f117_figures_that_people_open_in_a_spreadsheet_hold_no_formula "
        f"{SAFETY}::test_f117_the_name_of_a_file_is_no_formula_in_the_list_of_imports"
    ),
    118: (
        "sources/test_downloads::test_zips_that_cannot_be_trusted_are_refused "
        "test_settings::test_no_object_is_ever_built_from_yaml"
    ),
    119: (
        f"{SAFETY}::test_read_is_all_there_is_and_actions_are_pinned "
        f"{SAFETY}::test_only_notebooks_of_the_kit_and_of_the_company_run"
    ),
    120: f"{SAFETY}::test_f120_no_label_is_taken_for_html_by_plotly",
    121: f"{SAFETY}::test_f121_versions_with_known_faults_are_not_allowed",
}


@cache
def names_in(module: str) -> set[str]:
    tree = ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("line", LINES)
def test_a_line_has_a_test(line):
    for each in PROVED[line].split():
        module, _, name = each.partition("::")
        assert name in names_in(module)


def test_what_is_named_after_a_line_stands_in_the_table():
    named = {
        int(found[1])
        for path in TESTS.rglob("test_*.py")
        for name in names_in(path.relative_to(TESTS).with_suffix("").as_posix())
        if (found := re.match(r"test_f(\d+)_", name))
    }
    assert {line for line in named if line >= LINES[0]} <= PROVED.keys() == set(LINES)

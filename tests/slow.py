"""The tests that take seconds: plain ``pytest`` runs a share of their cases, ``-m slow`` a larger one of the
others (as CI does), ``-m nightly`` the rest. A test without cases is slow.
"""

SHARE, IN_CI = 40, 8
"""Of so many cases of a file's slow tests one runs always, and of so many one runs in CI."""

SLOW = {
    "test_axes": (
        "test_axes_are_taken_apart_and_joined_at_once",
        "test_values_and_gradients_are_those_of_autograd",
    ),
    "test_blocks": ("test_a_gradient_is_written_block_by_block",),
    "test_browser": (
        "test_a_fold_opens_and_shows_its_equations",
        "test_axe_finds_no_violation",
        "test_contents_stand_open_on_a_wide_screen_and_closed_on_a_narrow_one",
        "test_every_formula_is_drawn_and_nothing_is_wider_than_the_screen",
        "test_folds_stand_open_on_paper",
        "test_links_lead_to_their_passages",
        "test_the_button_copies_the_latex",
        "test_user_text_does_nothing",
        "test_without_the_script_only_the_buttons_are_missing",
    ),
    "test_check_output": (
        "test_a_check_in_text_loads_no_writer_of_reports",
        "test_every_character_that_is_let_through_can_be_set",
        "test_hostile_texts_are_printed_and_do_nothing",
        "test_the_report_on_paper",
        "test_whatever_is_written_can_be_set",
    ),
    "test_checking_arrays": ("test_arrays_are_read_as_they_are_meant",),
    "test_checking_corpus": (
        "test_every_label_stands_at_its_line",
        "test_labelled_submissions",
        "test_rates_of_a_slice",
        "test_sheets_are_the_same_each_time_and_many",
        "test_sheets_hold_every_mistake_that_a_line_can_show",
    ),
    "test_checking_hostile": (
        "test_hostile_lines_have_verdicts",
        "test_the_command_on_hostile_work",
        "test_whatever_is_written_every_line_has_a_verdict",
        "test_work_that_is_its_own_problem_is_checked_or_refused",
    ),
    "test_checking_labels": ("test_lines_are_judged_as_they_are_meant",),
    "test_checking_letters": ("test_letters_mean_what_the_work_means",),
    "test_checking_methods": ("test_our_own_report_is_right",),
    "test_checking_mistakes": (
        "test_the_right_side_is_right",
        "test_the_wrong_side_is_named",
    ),
    "test_checking_notations": ("test_notations_are_read_as_they_are_meant",),
    "test_checking_sizes": (
        "test_a_number_as_the_size_of_ones_and_identities_counts",
        "test_repeated_indices_are_summed_over_in_every_term",
    ),
    "test_checking_slips": ("test_what_was_changed_is_named",),
    "test_checking_speed": (
        "test_nothing_is_found_otherwise_than_with_nothing_kept",
        "test_work_grows_no_faster_than_a_sheet",
    ),
    "test_checking_worlds": ("test_gradients_at_any_point_agree_with_autograd",),
    "test_code": (
        "test_code_agrees_with_the_formulas",
        "test_every_rule_is_met",
        "test_random_problems",
    ),
    "test_commands": (
        "test_a_pipe_with_another_encoding_gets_utf_8",
        "test_bytes_reach_a_pipe_as_they_are",
    ),
    "test_convolution": ("test_gradients_of_loops",),
    "test_cookbook": ("test_gradient",),
    "test_deadline": ("test_a_hostile_text_has_an_answer",),
    "test_docs": ("test_a_page_says_what_its_blocks_print",),
    "test_elsewhere": ("test_without_fork_each_process_reads_the_problem_for_itself",),
    "test_endings": (
        "test_a_fault_of_ours_is_told_for_its_file_and_the_others_go_on",
        "test_a_full_disk",
        "test_a_pipe_that_nobody_reads",
        "test_an_output_that_cannot_be_written_is_named",
        "test_ctrl_c",
        "test_what_a_killed_run_leaves_is_removed_by_the_next",
    ),
    "test_extending": (
        "test_it_is_documented",
        "test_it_is_printed_in_every_format",
        "test_it_is_read_back_by_the_checker",
    ),
    "test_forms": (
        "test_a_gradient_reads_so",
        "test_a_reduction_of_a_matrix_may_be_a_quantity",
    ),
    "test_formulas": (
        "test_a_planted_sign_is_found",
        "test_a_random_formula",
        "test_a_repeated_index_that_counts_as_two_is_found",
        "test_every_operation_has_its_formulas",
    ),
    "test_functions": (
        "test_every_style_and_notation_states_functions_and_their_derivatives",
        "test_functions_in_every_place",
        "test_gradients_are_those_of_the_formula_written_out",
        "test_random_problems_with_built_in_functions_defined_anew",
    ),
    "test_gallery": (
        "test_gradients_agree_with_autograd",
        "test_no_value_stands_at_a_kink",
        "test_prints_in_every_notation",
    ),
    "test_gradients": (
        "test_central_differences_in_fifty_digits",
        "test_elementwise_functions_inside_a_layer",
        "test_problems_of_the_kinds_that_go_wrong",
        "test_random_problems",
    ),
    "test_hessians": (
        "test_a_students_line_is_judged",
        "test_every_report_is_right_by_the_checker",
        "test_hessians_agree_with_autograd",
        "test_newtons_reports_are_right_by_the_checker",
        "test_the_form_is_the_one_that_a_person_writes",
    ),
    "test_index_calculus": (
        "test_an_expression_minus_itself_is_nothing",
        "test_nested_sums_with_clashing_names",
        "test_renaming_free_indices_catches_no_dummy",
        "test_sums_and_products_have_the_values_they_should",
        "test_swapping_two_indices_is_simultaneous",
    ),
    "test_jacobian_answers": (
        "test_every_report_is_right_by_the_checker",
        "test_jacobians_agree_with_autograd",
    ),
    "test_labels": ("test_gradients_agree_with_autograd",),
    "test_limits": (
        "test_a_file_that_would_be_too_large_is_not_written",
        "test_a_higher_limit_lets_the_same_input_through",
        "test_limits_do_not_change_what_is_found",
        "test_show_has_limits_too",
        "test_what_is_long_and_not_large_is_answered",
        "test_what_is_too_large_is_told_in_one_sentence",
    ),
    "test_long_problems": (
        "test_a_chain_of_hundreds_of_quantities_that_share_a_leaf",
        "test_a_leaf_that_hundreds_of_quantities_use",
        "test_a_long_way_is_followed_as_far_as_it_is_shown",
        "test_every_style_writes_hundreds_of_summands",
    ),
    "test_metamorphic": (
        "test_a_part_with_a_diagonal",
        "test_cutting_named_problems",
        "test_joining_formulas",
        "test_naming_and_inlining_a_part",
        "test_renaming_leaves_the_values",
        "test_reordering_independent_lines",
        "test_splitting_formulas",
        "test_the_renamed_problem_has_the_renamed_formulas",
    ),
    "test_methods": ("test_thousands_of_steps",),
    "test_notation_brackets": (
        "test_no_bracket_is_idle",
        "test_what_is_displayed_is_what_was_meant",
    ),
    "test_notebook": (
        "test_a_gradient_shows_its_equation",
        "test_a_solution_shows_its_worked_steps",
    ),
    "test_operations": ("test_local_derivative_is_the_slope",),
    "test_outside": (
        "test_no_fault_inside_the_checker",
        "test_verdict_is_acceptable",
        "test_witness_holds_by_hand",
        "test_witness_shows_a_difference",
    ),
    "test_packaging": ("test_another_folder_and_another_time_give_the_same_bytes",),
    "test_points": (
        "test_a_fact_makes_the_gradient_shorter",
        "test_no_deviation_is_made_of_what_rounding_left",
        "test_sizes_that_rules_tie_together_are_found",
        "test_the_diagonal_of_what_a_window_makes",
    ),
    "test_reading_problem": ("test_hostile_files_end_soon",),
    "test_reading_rows": (
        "test_a_sign_more_or_less_is_told_alike",
        "test_every_fault_is_told_as_the_yaml_reader_finds_it",
    ),
    "test_remembered": ("test_what_a_derivation_is_made_of_is_derived_again",),
    "test_repeat": (
        "test_a_general_gradient_that_is_another_in_some_round_is_an_error",
        "test_givens_are_told_to_be_of_no_use_without_a_number_of_rounds",
        "test_gradients_agree_with_autograd_on_the_problem_written_out",
        "test_layers_are_written_high_and_steps_low_and_the_state_keeps_its_name",
        "test_no_line_of_our_own_report_is_wrong",
        "test_reports_name_no_number_of_rounds_and_are_read_as_right",
        "test_what_needs_every_round_needs_the_number",
        "test_where_a_block_ends_otherwise_than_it_goes_on",
        "test_where_steps_are_not_alike_each_is_derived",
        "test_work_for_every_step_is_judged",
    ),
    "test_round_trip": (
        "test_a_report_claims_what_can_be_judged",
        "test_direct_derivatives_are_read_as_such_in_every_notation_and_style",
        "test_every_line_of_a_report_is_right_by_its_own_problem",
    ),
    "test_seed": ("test_every_report_is_right_by_the_checker",),
    "test_sheets": (
        "test_a_key_is_read_as_its_own_problem",
        "test_every_spelling_can_be_written_and_every_sheet_solved",
        "test_what_is_read_is_solved",
    ),
    "test_shorter": (
        "test_a_gradient_is_written_so",
        "test_a_name_for_what_is_written_inline_changes_no_gradient",
        "test_the_form_does_not_depend_on_the_order_of_sets",
    ),
    "test_show": (
        "test_a_pipe_gets_plain_text_in_utf_8",
        "test_no_line_is_wider_than_the_terminal",
    ),
    "test_styles_combinations": (
        "test_any_problem_in_any_notation_and_any_style",
        "test_nothing_leaves_the_page",
        "test_pdflatex_sets_every_lab",
    ),
    "test_submission_reading": ("test_hostile_input_gets_an_answer",),
    "test_symmetric": ("test_the_gradient_knows_it",),
    "test_verification": (
        "test_a_condition_that_is_an_identity_on_one_side_is_no_fault",
        "test_a_path_left_out_is_caught_by_the_whole",
        "test_a_wrong_local_derivative",
    ),
    "test_watch": (
        "test_checking_from_the_first_verdict_to_ctrl_c",
        "test_the_command_from_the_first_build_to_ctrl_c",
    ),
    "test_workers": (
        "test_a_class_of_which_one_file_is_bad_and_one_ends_its_process",
        "test_results_come_in_order",
        "test_what_is_left_off_leaves_no_process",
    ),
    "test_writing_html": (
        "test_pages_of_the_gallery_are_valid",
        "test_pages_of_the_labs_are_valid",
    ),
    "test_writing_layout": ("test_two_thousand_nodes_in_a_few_seconds",),
    "test_writing_markdown": ("test_reports",),
    "test_writing_pdf": (
        "test_hostile_text_is_printed_as_it_is_in_tex",
        "test_hostile_text_is_printed_as_it_is_in_typst",
        "test_nothing_is_wider_than_the_page",
        "test_pdflatex_sets_everything_without_a_complaint",
        "test_tex_pages_hold_the_words_and_are_reproducible",
    ),
}

EVERY_ONE = {"test_outside", "test_writing_html", "test_writing_pdf"}
"""Files of which CI runs all cases."""

CASE_BY_CASE = {"test_outside"}
"""Files of which all tests about one case run one after another, or none: they share what costs."""

NEVER_QUICK = {
    "test_browser",
    "test_checking_speed",
    "test_endings",
    "test_limits",
    "test_long_problems",
    "test_metamorphic",
    "test_styles_combinations",
}
"""Files of which each slow case takes seconds: plain ``pytest`` runs none."""

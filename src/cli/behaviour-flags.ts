/** Flags of how dbt behaves, which the project switches and templates may ask for, at dbt 1.12's defaults. */
export const BEHAVIOUR_FLAGS = {
  require_generic_test_arguments_property: true,
  require_ref_searches_node_package_before_root: false,
  source_freshness_run_project_hooks: true,
  skip_nodes_if_on_run_start_fails: true,
  require_batched_execution_for_custom_microbatch_strategy: false,
  state_modified_compare_more_unrendered_values: false,
  validate_macro_args: false,
  require_all_warnings_handled_by_warn_error: false,
  require_resource_names_without_spaces: true,
  require_explicit_package_overrides_for_builtin_materializations: true,
};

/** Aggregates of DuckDB and Trino by name; parsers tell them from scalar functions only in part. */
const AGGREGATES: ReadonlySet<string> = new Set(
  `any_value approx_count_distinct approx_distinct approx_most_frequent approx_percentile approx_quantile approx_set
  approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin
  array_agg avg bit_and bit_or bit_xor bitstring_agg bitwise_and_agg bitwise_or_agg bitwise_xor_agg bool_and bool_or
  checksum convex_hull_agg corr count count_if count_star countif covar_pop covar_samp entropy evaluate_classifier_predictions
  every favg first fsum geometric_mean geometry_union_agg group_concat histogram histogram_exact json_group_array
  json_group_object json_group_structure json_objectagg json_arrayagg kahan_sum kurtosis kurtosis_pop last list listagg
  logical_and logical_or mad make_set_digest map_agg map_union max max_by mean median merge merge_set_digest min min_by mode
  multimap_agg numeric_histogram product qdigest_agg quantile quantile_cont quantile_disc percentile_cont percentile_disc
  reduce_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
  reservoir_quantile sem skewness stddev stddev_pop stddev_samp string_agg sum sum_no_overflow sumkahan tdigest_agg
  var_pop var_samp variance`.split(/\s+/),
);

export function isAggregate(name: string): boolean {
  return AGGREGATES.has(name.toLowerCase());
}

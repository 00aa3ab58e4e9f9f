{% macro trino__get_create_materialized_view_as_sql(relation, sql) -%}
  create materialized view {{ relation.render() }}
  {{ 'grace period ' ~ config.get('grace_period') if config.get('grace_period') is not none }}
  {{ properties() }}
  as
    {{ sql }};
  {{ trino__refresh_materialized_view(relation) }}
{%- endmacro %}


{#- The new view is complete before the old relation leaves its name. -#}
{% macro trino__get_replace_sql(existing_relation, target_relation, sql) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type) -%}
  {{ get_create_materialized_view_as_sql(intermediate_relation, sql) }};
  {{ trino__get_rename_sql(existing_relation, backup_relation) }};
  {{ trino__get_rename_sql(intermediate_relation, target_relation) }};
  {{ trino__get_drop_sql(backup_relation) }}
{%- endmacro %}


{#- Nothing can be altered in place: each run refreshes, and --full-refresh builds it anew. -#}
{% macro trino__get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {% do return(none) %}
{% endmacro %}


{% macro trino__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation.render() }}
{%- endmacro %}

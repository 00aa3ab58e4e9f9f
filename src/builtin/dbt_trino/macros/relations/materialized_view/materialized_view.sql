{#-
  What a killed run left is put right before the relation is looked up. A description that is to be kept is part of the
  definition: Trino cannot comment on a materialized view later, only on its columns.
-#}
{% materialization materialized_view, adapter='trino' %}
  {% do trino__heal(this.incorporate(type='materialized_view')) %}
  {{ return(materialization_materialized_view_default()) }}
{% endmaterialization %}


{% macro trino__get_create_materialized_view_as_sql(relation, sql, replaces=false) -%}
  create {{ 'or replace' if replaces }} materialized view {{ relation.render() }}
  {{ 'grace period ' ~ config.get('grace_period') if config.get('grace_period') is not none }}
  {{ comment(model.get('description')) }}
  {{ properties() }}
  as
    {{ sql }};
  {{ trino__refresh_materialized_view(relation) }}
{%- endmacro %}


{#- One materialized view takes another's place in one statement; before a table's or view's place is empty, the new one is complete. -#}
{% macro trino__get_replace_sql(existing_relation, target_relation, sql) -%}
  {%- if existing_relation.is_materialized_view -%}
    {{ trino__get_create_materialized_view_as_sql(target_relation, sql, replaces=true) }}
  {%- else -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type) -%}
    {{ get_create_materialized_view_as_sql(intermediate_relation, sql) }};
    {{ trino__get_rename_sql(existing_relation, backup_relation) }};
    {{ trino__get_rename_sql(intermediate_relation, target_relation) }};
    {{ trino__get_drop_sql(backup_relation) }}
  {%- endif -%}
{%- endmacro %}


{#- Nothing can be altered in place: each run refreshes, and --full-refresh builds it anew. -#}
{% macro trino__get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {% do return(none) %}
{% endmacro %}


{% macro trino__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation.render() }}
{%- endmacro %}

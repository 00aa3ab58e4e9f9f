{#- As in dbt, but the staging table goes where the engine keeps temporary relations: MotherDuck has no temporary tables. -#}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set placed = duckdb__dispatch_temporary_relation(target_relation) %}
  {% set changes_sql = snapshot_staging_table(strategy, sql, target_relation) %}
  {% call statement('build_snapshot_staging_relation') %}
    {{ create_table_as(placed.temporary, placed.relation, changes_sql) }}
  {% endcall %}
  {{ return(placed.relation) }}
{% endmacro %}


{% macro duckdb__post_snapshot(temporary_relation) %}
  {{ return(drop_relation(temporary_relation)) }}
{% endmacro %}

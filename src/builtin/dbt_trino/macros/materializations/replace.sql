{#
  How a table is replaced (`on_table_exists`). There are no transactions around DDL, so:
    rename   build beside, move the old one away, move the new one in, drop the old one. Between the two renames the
             name is empty for a moment; a run killed there leaves the good table as …__dbt_backup, and the next run
             puts it back before it does anything else.
    replace  create or replace table: one atomic commit, where the connector has it (Iceberg, Delta)
    drop     drop first; for connectors that cannot rename. The only form that can lose a table
    skip     leave an existing table as it is
#}
{% macro trino__on_table_exists(allowed) %}
  {%- set wanted = config.get('on_table_exists', 'rename') -%}
  {%- if wanted not in allowed -%}
    {%- do log('Invalid value for on_table_exists (' ~ wanted ~ ') specified. Setting default value (rename).') -%}
    {{ return('rename') }}
  {%- endif -%}
  {{ return(wanted) }}
{% endmacro %}


{#- What a killed run left: the backup of a table that is gone takes its name again, anything else goes. -#}
{% macro trino__heal(target_relation) %}
  {%- set existing = load_cached_relation(target_relation) -%}
  {%- set backup = load_cached_relation(make_backup_relation(target_relation, 'table')) -%}
  {% do drop_relation_if_exists(load_cached_relation(make_intermediate_relation(target_relation))) %}
  {% if backup is not none and existing is none %}
    {% do adapter.rename_relation(backup, target_relation.incorporate(type=backup.type)) %}
  {% else %}
    {% do drop_relation_if_exists(backup) %}
  {% endif %}
{% endmacro %}


{#- Builds the node's table under the target's name; `main` is the statement whose result counts. -#}
{% macro on_table_exists_logic(on_table_exists, existing_relation, intermediate_relation, backup_relation, target_relation) -%}
  {%- set in_place = on_table_exists in ['replace', 'skip'] and (existing_relation is none or existing_relation.is_table) -%}
  {% if in_place %}
    {% call statement('main') -%}
      {{ trino__create_table_as(False, target_relation, sql, on_table_exists) }}
    {%- endcall %}
  {% elif existing_relation is none %}
    {% call statement('main') -%}
      {{ create_table_as(False, target_relation, sql) }}
    {%- endcall %}
  {% elif on_table_exists == 'drop' %}
    {% do adapter.drop_relation(existing_relation) %}
    {% call statement('main') -%}
      {{ create_table_as(False, target_relation, sql) }}
    {%- endcall %}
  {% else %}
    {% call statement('main') -%}
      {{ create_table_as(False, intermediate_relation, sql) }}
    {%- endcall %}
    {% do adapter.rename_relation(existing_relation, backup_relation) %}
    {% do adapter.rename_relation(intermediate_relation, target_relation) %}
    {% do adapter.drop_relation(backup_relation) %}
  {% endif %}
{% endmacro %}

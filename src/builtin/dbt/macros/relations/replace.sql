{#
  One statement where the engine has it. Else build beside and swap, as safely as renames allow: the
  fewer of the two relations can be renamed, the longer there is nothing under the name.
#}
{% macro get_replace_sql(existing_relation, target_relation, sql) %}
  {%- do log('Applying REPLACE to: ' ~ existing_relation) -%}
  {{ adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql) }}
{% endmacro %}

{% macro default__get_replace_sql(existing_relation, target_relation, sql) %}
  {%- set in_place = existing_relation.type == target_relation.type and existing_relation.can_be_replaced -%}
  {%- if in_place and existing_relation.is_view -%}
    {{ get_replace_view_sql(target_relation, sql) }}
  {%- elif in_place and existing_relation.is_table -%}
    {{ get_replace_table_sql(target_relation, sql) }}
  {%- elif in_place and existing_relation.is_materialized_view -%}
    {{ get_replace_materialized_view_sql(target_relation, sql) }}
  {%- else -%}
    {%- set stage = target_relation.can_be_renamed -%}
    {%- set backup = existing_relation.can_be_renamed -%}
    {%- if stage %}
    {{ get_create_intermediate_sql(target_relation, sql) }};
    {%- endif %}
    {{ get_create_backup_sql(existing_relation) if backup else get_drop_sql(existing_relation) }};
    {{ get_rename_intermediate_sql(target_relation) if stage else get_create_sql(target_relation, sql) }}
    {%- if backup %};
    {{ get_drop_backup_sql(existing_relation) }}
    {%- endif %}
  {%- endif -%}
{% endmacro %}

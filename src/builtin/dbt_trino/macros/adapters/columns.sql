{#-
  Trino keeps every name in lower case, whatever it was created as. A node's macros ask for the same relations several
  times; a statement of the node that may change one makes it asked for again.
-#}
{% macro trino__get_columns_in_relation(relation) -%}
  {%- set known = adapter.known_columns(relation) -%}
  {%- if known is not none -%}
    {{ return(known) }}
  {%- endif -%}
  {%- set query %}
    select column_name, data_type
    from {{ relation.information_schema() }}.columns
    where table_catalog = '{{ relation.database | lower }}'
      and table_schema = '{{ relation.schema | lower }}'
      and table_name = '{{ relation.identifier | lower }}'
    order by ordinal_position
  {%- endset -%}
  {%- set columns = [] -%}
  {%- for row in run_query(query) -%}
    {%- do columns.append(api.Column.from_description(row['column_name'] | lower, row['data_type'])) -%}
  {%- endfor -%}
  {%- do adapter.remember_columns(relation, columns) -%}
  {{ return(columns) }}
{% endmacro %}


{#- One column a statement: ALTER TABLE takes a single action. -#}
{% macro trino__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set alter = 'alter ' ~ (relation.type or 'table') | replace('_', ' ') ~ ' ' ~ relation.render() -%}
  {% for column in add_columns or [] %}
    {% do run_query(alter ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) %}
  {% endfor %}
  {% for column in remove_columns or [] %}
    {% do run_query(alter ~ ' drop column ' ~ adapter.quote(column.name)) %}
  {% endfor %}
{% endmacro %}


{#- A new column is filled and takes the old one's name; rows of a table format change their type in place. -#}
{% macro trino__alter_column_type(relation, column_name, new_column_type) -%}
  {%- set table = relation.render() -%}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {% call statement('alter_column_type') %}
    {%- if config.get('sync_nested_columns', false) and (new_column_type | lower).startswith('row(') %}
    alter table {{ table }} alter column {{ old }} set data type {{ new_column_type }}
    {%- else %}
    alter table {{ table }} add column {{ new }} {{ new_column_type }};
    update {{ table }} set {{ new }} = cast({{ old }} as {{ new_column_type }});
    alter table {{ table }} drop column {{ old }};
    alter table {{ table }} rename column {{ new }} to {{ old }}
    {%- endif %}
  {% endcall %}
{% endmacro %}

{#-
  As dbt's. With `sync_nested_columns` also the fields inside row columns follow, each by a statement of its own: what
  is new is added (append_new_columns, sync_all_columns), what is gone is dropped and what changed its type is changed
  (sync_all_columns). What Iceberg can widen in place is not rewritten.
-#}
{% macro trino__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {%- set changes = {} -%}
  {%- do changes.update(schema_changes_dict) -%}
  {%- if config.get('sync_nested_columns', false) -%}
    {%- set synced = trino__sync_nested_columns(on_schema_change, target_relation, changes) -%}
    {%- do changes.update({'new_target_types': changes['new_target_types'] | rejectattr('column_name', 'in', synced) | list}) -%}
  {%- endif -%}
  {%- if on_schema_change == 'sync_all_columns' -%}
    {%- set widened = trino__widen_in_place(target_relation, changes) -%}
    {%- do changes.update({'new_target_types': changes['new_target_types'] | rejectattr('column_name', 'in', widened) | list}) -%}
  {%- endif -%}
  {% do default__sync_column_schemas(on_schema_change, target_relation, changes) %}
{% endmacro %}


{#- The names of the columns that hold rows on both sides. New fields come first: a row cannot lose its only field. -#}
{% macro trino__sync_nested_columns(on_schema_change, target_relation, changes) %}
  {%- set alter = 'alter table ' ~ target_relation.render() -%}
  {%- set synced = [] -%}
  {%- for column in changes['source_columns'] -%}
    {%- set twin = changes['target_columns'] | selectattr('name', 'equalto', column.name) | list | first -%}
    {%- if twin and 'row(' in column.data_type | lower and 'row(' in twin.data_type | lower -%}
      {%- do synced.append(column.name) -%}
      {%- set nested = adapter.nested_changes(column.name, column.data_type, twin.data_type) -%}
      {%- for field in nested['added'] -%}
        {%- do run_query(alter ~ ' add column ' ~ field['place'] ~ ' ' ~ field['type']) -%}
      {%- endfor -%}
      {%- if on_schema_change == 'sync_all_columns' -%}
        {%- for field in nested['retyped'] -%}
          {%- do run_query(alter ~ ' alter column ' ~ field['place'] ~ ' set data type ' ~ field['type']) -%}
        {%- endfor -%}
        {%- for field in nested['removed'] -%}
          {%- do run_query(alter ~ ' drop column ' ~ field['place']) -%}
        {%- endfor -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(synced) }}
{% endmacro %}


{#- The names of the columns that got their new type without a rewrite: only Iceberg promises that. -#}
{% macro trino__widen_in_place(target_relation, changes) %}
  {%- set wider = [] -%}
  {%- for change in changes['new_target_types'] -%}
    {%- set twin = changes['target_columns'] | selectattr('name', 'equalto', change['column_name']) | list | first -%}
    {%- do wider.append(change) if twin and adapter.is_widening(twin.data_type, change['new_type']) -%}
  {%- endfor -%}
  {%- set widened = [] -%}
  {%- if wider and trino__is_iceberg(target_relation.database) -%}
    {%- for change in wider -%}
      {%- do run_query('alter table ' ~ target_relation.render() ~ ' alter column ' ~ adapter.quote(change['column_name']) ~ ' set data type ' ~ change['new_type']) -%}
      {%- do widened.append(change['column_name']) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(widened) }}
{% endmacro %}


{% macro trino__is_iceberg(database) %}
  {%- set found = run_query("select 1 from system.metadata.catalogs where connector_name = 'iceberg' and catalog_name = '" ~ database | lower ~ "'") -%}
  {{ return(found.rows | length > 0) }}
{% endmacro %}


{#-
  Trino takes the fields of a row by position, so that fields in another order would change places without a word, and
  a missing one is an error. Where the new rows' fields are not the table's, `shaped_relation` gives them by name, with
  null for what is missing. True if it was made.
-#}
{% macro trino__shape_by_name(temp_relation, shaped_relation, source_columns, target_relation) %}
  {%- if 'row(' not in source_columns | map(attribute='data_type') | join(' ') | lower -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
  {%- set expressions = [] -%}
  {%- set shaped = [] -%}
  {%- for column in source_columns -%}
    {%- set name = adapter.quote(column.name) -%}
    {%- set twin = target_columns | selectattr('name', 'equalto', column.name) | list | first -%}
    {%- set value = adapter.value_by_name(name, column.data_type, twin.data_type) if twin else none -%}
    {%- do shaped.append(name) if value -%}
    {%- do expressions.append(value ~ ' as ' ~ name if value else name) -%}
  {%- endfor -%}
  {%- if shaped -%}
    {%- set sql = 'select ' ~ expressions | join(', ') ~ ' from ' ~ temp_relation -%}
    {% call statement('shape_by_name') -%}
      {{ create_view_as(shaped_relation, sql) if shaped_relation.is_view else create_table_as(True, shaped_relation, sql) }}
    {%- endcall %}
  {%- endif -%}
  {{ return(shaped != []) }}
{% endmacro %}

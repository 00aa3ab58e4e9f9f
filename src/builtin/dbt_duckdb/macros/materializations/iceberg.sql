{#
  Tables of an Iceberg catalog. DuckDB has no CREATE OR REPLACE there, and DROP with RENAME is two commits, between which
  readers find nothing. What is one commit, and therefore used:
    - a new table: CREATE TABLE … AS;
    - an old one: TRUNCATE, ALTER where columns differ, INSERT, in one transaction;
    - an old one in which deletes have piled up: a new table beside it, whose snapshot becomes the old one's next.
  Two steps, between which the name is empty, is only what it takes to put a table where another engine made a view.
  Rows are staged in a local table first. What fails there (the query, a cast, a constraint) has then written nothing to
  the catalog's storage, and the types are known before the table is made.
#}

{#- Puts the current node's rows under target_relation's name. Commits. -#}
{% macro duckdb__build_iceberg_table(existing_relation, target_relation) %}
  {#- one transaction writes to one database, and a hook may have written to another -#}
  {% do adapter.commit() %}
  {%- set staged_relation = make_temp_relation(target_relation) -%}
  {% call statement('stage', auto_begin=False, language=model['language']) -%}
    {{ duckdb__stage_iceberg_rows(staged_relation) }}
  {%- endcall %}
  {% do duckdb__write_iceberg_table(existing_relation, target_relation, staged_relation) %}
  {% do adapter.drop_relation(staged_relation) %}
{% endmacro %}


{#- A contract is kept by the staged table, where DuckDB has every kind of constraint. -#}
{% macro duckdb__stage_iceberg_rows(staged_relation) -%}
  {%- if not config.get('contract').enforced -%}
    {{ create_table_as(True, staged_relation, compiled_code, model['language']) }}
  {%- else -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {{ config.get('sql_header', none) or '' }}
    create temporary table {{ staged_relation }}
    {{ get_table_columns_and_constraints() }};
    insert into {{ staged_relation }} {{ get_column_names() }} (
      {{ get_select_subquery(compiled_code) }}
    );
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__write_iceberg_table(existing_relation, target_relation, staged_relation) %}
  {%- set columns = duckdb__iceberg_columns(adapter.get_columns_in_relation(staged_relation)) -%}
  {%- set rows_sql = duckdb__iceberg_select(columns, staged_relation) -%}
  {% if existing_relation is none %}
    {% do duckdb__create_iceberg_table(target_relation, rows_sql) %}
    {% do duckdb__clear_replaced_view(target_relation) %}
  {% elif existing_relation.is_view %}
    {% do duckdb__replace_iceberg_view(target_relation, rows_sql) %}
  {% else %}
    {% do duckdb__replace_iceberg_rows(existing_relation, target_relation, columns, rows_sql) %}
  {% endif %}
  {% do adapter.commit() %}
{% endmacro %}


{% macro duckdb__create_iceberg_table(relation, rows_sql) %}
  {% call statement('main', auto_begin=False) -%}
    create table {{ relation }} {{ duckdb__iceberg_layout() }}
    as (
      {{ rows_sql }}
    )
  {%- endcall %}
{% endmacro %}


{#- The view is read until the table beside it is complete. Where the names cannot be changed, it stays. -#}
{% macro duckdb__replace_iceberg_view(target_relation, rows_sql) %}
  {%- set beside = make_intermediate_relation(target_relation) -%}
  {#- one that a killed run left has never been read -#}
  {% do run_query('drop table if exists ' ~ beside) %}
  {% do duckdb__create_iceberg_table(beside, rows_sql) %}
  {%- set problem = duckdb__call_catalog('replace_view', beside, [target_relation.identifier]) -%}
  {%- if problem -%}
    {% do run_query('drop table if exists ' ~ beside) %}
    {%- do exceptions.raise_compiler_error(
        target_relation ~ ' is a view of another engine, and the catalog did not put the new table in its place: ' ~ problem
        ~ '. Drop it there, and the next run makes the table.'
    ) -%}
  {%- endif -%}
  {% do adapter.cache_added(target_relation) %}
{% endmacro %}


{#- A run killed between the two steps left the view under another name. -#}
{% macro duckdb__clear_replaced_view(target_relation) %}
  {%- set view = load_cached_relation(make_backup_relation(target_relation, 'view')) -%}
  {%- if view is not none and view.is_view -%}
    {% do drop_relation_if_exists(load_cached_relation(make_intermediate_relation(target_relation))) %}
    {% do adapter.drop_relation(view) %}
  {%- endif -%}
{% endmacro %}


{% macro duckdb__drop_iceberg_view(relation) %}
  {%- set problem = duckdb__call_catalog('drop_view', relation, []) -%}
  {%- if problem -%}
    {%- do exceptions.raise_compiler_error('The view ' ~ relation ~ ' could not be dropped: ' ~ problem) -%}
  {%- endif -%}
{% endmacro %}


{#- What DuckDB has no statement for; gives what stood in the way, if anything did. -#}
{% macro duckdb__call_catalog(step, relation, more) %}
  {%- set names = [relation.database, relation.schema, relation.identifier] + more -%}
  {{ return(run_query("call duckhouse_" ~ step ~ "('" ~ names | map('replace', "'", "''") | join("', '") ~ "')")[0][0]) }}
{% endmacro %}


{% macro duckdb__replace_iceberg_rows(existing_relation, target_relation, columns, rows_sql) %}
  {%- set old_columns = adapter.get_columns_in_relation(existing_relation) -%}
  {%- set state = duckdb__iceberg_state(existing_relation) -%}
  {% do duckdb__check_iceberg_layout(existing_relation, state, old_columns, columns) %}
  {%- if duckdb__has_piled_up(state) and duckdb__swap_iceberg_table(target_relation, state, rows_sql) -%}
    {{ return('') }}
  {%- endif -%}
  {% call statement('main') -%}
    truncate {{ target_relation }};
    {%- for change in duckdb__iceberg_changes(old_columns, columns) %}
    alter table {{ target_relation }} {{ change }};
    {%- endfor %}
    insert into {{ target_relation }} by name (
      {{ rows_sql }}
    );
  {%- endcall %}
{% endmacro %}


{#-
  TRUNCATE marks each row as deleted, in a file more for every replacement; readers go through all of them. A handful of
  files costs nothing; so do marks that are few beside the rows.
#}
{% macro duckdb__has_piled_up(state) %}
  {{ return(state.delete_files >= 8 or (state.deleted_rows > 1000000 and state.deleted_rows * 2 > state.stored_rows)) }}
{% endmacro %}


{#- True if done. Otherwise the table is as it was, and a line in the log says why. -#}
{% macro duckdb__swap_iceberg_table(target_relation, state, rows_sql) %}
  {%- if not adapter.can_swap_tables(target_relation.database) -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set beside = target_relation.incorporate(path={'identifier': target_relation.identifier ~ '__dbt_swap'}) -%}
  {#- one that a killed run left was never part of the table -#}
  {% do run_query('drop table if exists ' ~ beside) %}
  {% call statement('main', auto_begin=False) -%}
    create table {{ beside }} {{ 'partitioned by (' ~ state.partitions | join(', ') ~ ')' if state.partitions }}
    as (
      {{ rows_sql }}
    )
  {%- endcall %}
  {%- set problem = duckdb__call_catalog('swap_table', beside, [target_relation.identifier]) -%}
  {%- if problem -%}
    {%- do log('Deletes have piled up in ' ~ target_relation ~ ', and it could not be swapped for a new table: ' ~ problem) -%}
  {%- endif -%}
  {{ return(not problem) }}
{% endmacro %}


{#- Name and stored type of each column; all columns that Iceberg has no type for in one error. -#}
{% macro duckdb__iceberg_columns(columns) %}
  {%- set stored, refused = [], [] -%}
  {%- for column in columns -%}
    {%- set type = adapter.iceberg_type(column.dtype) -%}
    {%- if type is none -%}
      {%- do refused.append(column.name ~ ' (' ~ column.dtype ~ ')') -%}
    {%- else -%}
      {%- do stored.append({'name': column.name, 'type': type, 'cast': type | lower != column.dtype | lower}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if refused -%}
    {%- do exceptions.raise_compiler_error(
        'Iceberg has no type for: ' ~ refused | join(', ') ~ '. Cast each of them in the model, for example to varchar; nothing was written.'
    ) -%}
  {%- endif -%}
  {{ return(stored) }}
{% endmacro %}


{% macro duckdb__iceberg_select(columns, from) -%}
  {%- set sorted_by = normalize_string_or_list(config.get('sorted_by', none) or config.get('sort_by', none) or [], 'sorted_by/sort_by') -%}
  select
    {%- for column in columns %}
    {%- set name = duckdb__quote_column(column.name) %}
    {{ 'cast(' ~ name ~ ' as ' ~ column.type ~ ') as ' ~ name if column.cast else name }}{{ ',' if not loop.last }}
    {%- endfor %}
  from {{ from }}
  {%- if sorted_by %}
  order by {{ sorted_by | join(', ') }}
  {%- endif %}
{%- endmacro %}


{#-
  ALTER clauses that turn the old columns into the new ones. All rows are replaced, so another type is another column.
  Additions come before removals: a table is never without columns, and no schema in between is one that the table had
  before, which DuckDB 1.5 cannot number.
#}
{% macro duckdb__iceberg_changes(old, new) %}
  {%- set before, after, changes = {}, {}, [] -%}
  {%- for column in old -%}
    {%- do before.update({column.name | lower: column.dtype | lower}) -%}
  {%- endfor -%}
  {%- for column in new -%}
    {%- do after.update({column.name | lower: column.type | lower}) -%}
  {%- endfor -%}
  {%- set removed = [] -%}
  {%- for column in old if after.get(column.name | lower) != column.dtype | lower -%}
    {%- set name = column.name -%}
    {%- if column.name | lower in after -%}
      {%- set name = column.name ~ '__duckhouse_old' -%}
      {%- do changes.append('rename column ' ~ duckdb__quote_column(column.name) ~ ' to ' ~ duckdb__quote_column(name)) -%}
    {%- endif -%}
    {%- do removed.append(name) -%}
  {%- endfor -%}
  {%- for column in new if before.get(column.name | lower) != column.type | lower -%}
    {%- do changes.append('add column ' ~ duckdb__quote_column(column.name) ~ ' ' ~ column.type) -%}
  {%- endfor -%}
  {%- for name in removed -%}
    {%- do changes.append('drop column ' ~ duckdb__quote_column(name)) -%}
  {%- endfor -%}
  {{ return(changes) }}
{% endmacro %}


{#- Partitions, rows and the snapshot of a table, from its metadata. -#}
{% macro duckdb__iceberg_state(relation) %}
  {% call statement('iceberg_state', fetch_result=True, auto_begin=False) -%}
    select metadata::json::varchar from iceberg_load_table_response({{ relation }})
  {%- endcall %}
  {{ return(adapter.iceberg_state(load_result('iceberg_state').table[0][0])) }}
{% endmacro %}


{#-
  What DuckDB cannot do to a table in place: lay out its rows in another way (older files would keep the old layout, and
  deleting from a table with two is wrong in DuckDB 1.5), and remove a column that partitions it.
-#}
{% macro duckdb__check_iceberg_layout(relation, state, old, new) %}
  {%- set wanted, present = duckdb__iceberg_partitions(), state.partitions -%}
  {%- if wanted and wanted | join(',') | replace(' ', '') | replace('"', '') | lower != present | join(',') | replace(' ', '') | lower -%}
    {%- do exceptions.warn(
        relation ~ ' stays partitioned by (' ~ present | join(', ') ~ '), not by (' ~ wanted | join(', ')
        ~ '): DuckDB cannot change that of a table in place. Drop the table, and the next run makes it anew.'
    ) -%}
  {%- endif -%}
  {%- set types = {} -%}
  {%- for column in new -%}
    {%- do types.update({column.name | lower: column.type | lower}) -%}
  {%- endfor -%}
  {%- set lost = [] -%}
  {%- for column in old if column.name in state.partition_columns and types.get(column.name | lower) != column.dtype | lower -%}
    {%- do lost.append(column.name) -%}
  {%- endfor -%}
  {%- if lost -%}
    {%- do exceptions.raise_compiler_error(
        relation ~ ' is partitioned by ' ~ lost | join(', ') ~ ', which the model no longer has with that type. DuckDB cannot remove such a column: '
        ~ 'drop the table, and the next run makes it anew. Nothing was written.'
    ) -%}
  {%- endif -%}
{% endmacro %}


{% macro duckdb__quote_column(name) %}
  {{ return(adapter.quote(name | replace('"', '""'))) }}
{% endmacro %}


{#-
  Partition fields as DuckDB writes them. `partitioned_by` is DuckDB's, `properties.partitioning` dbt-trino's, so that one
  model has one layout on both; Trino names the column before the number of buckets.
-#}
{% macro duckdb__iceberg_partitions() %}
  {%- set own = config.get('partitioned_by', none) or config.get('partition_by', none) -%}
  {%- if own -%}
    {{ return(normalize_string_or_list(own, 'partitioned_by/partition_by')) }}
  {%- endif -%}
  {%- set partitions = [] -%}
  {%- for part in modules.re.findall("'([^']*)'", (config.get('properties') or {}).get('partitioning') or '') -%}
    {%- do partitions.append(modules.re.sub('^(bucket|truncate)\\((.+), *([0-9]+)\\)$', '\\1(\\3, \\2)', part)) -%}
  {%- endfor -%}
  {{ return(partitions) }}
{% endmacro %}


{#- What stands between the name and AS: partitions and table properties, also those that dbt-trino names. -#}
{% macro duckdb__iceberg_layout() -%}
  {%- set properties = config.get('properties') or {} -%}
  {%- set partitions = duckdb__iceberg_partitions() -%}
  {%- set written = {} -%}
  {%- for name, option in {'format-version': 'format_version', 'location': 'location'}.items() if properties.get(option) -%}
    {%- do written.update({name: properties[option] | string | replace("'", '')}) -%}
  {%- endfor -%}
  {%- set format = (config.get('file_format') or properties.get('format') or 'parquet') | string | replace("'", '') | lower -%}
  {%- if format != 'parquet' -%}
    {%- do exceptions.raise_compiler_error('DuckDB writes Iceberg tables as Parquet, not as ' ~ format) -%}
  {%- endif -%}
  {%- if partitions -%}
    partitioned by ({{ partitions | join(', ') }})
  {%- endif %}
  {%- if written %}
    with ({% for name, value in written.items() %}'{{ name }}' = '{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
  {%- endif %}
{%- endmacro %}


{#- CREATE TABLE … AS for macros that know nothing of staging. The query's types are asked for before. -#}
{% macro duckdb__create_iceberg_table_as(relation, compiled_code) -%}
  {%- set columns = duckdb__iceberg_columns(get_column_schema_from_query(compiled_code, config.get('sql_header', none))) -%}
  {{ config.get('sql_header', none) or '' }}
  create table {{ relation }} {{ duckdb__iceberg_layout() }}
  as (
    {{ duckdb__iceberg_select(columns, '(' ~ compiled_code ~ ') as model_subq') }}
  );
{%- endmacro %}

{#-
  Rows a statement at most. What ends a statement as a rule is its length; a project may take a smaller number.
-#}
{% macro trino__get_batch_size() %}
  {{ return(100000) }}
{% endmacro %}


{#- Trino refuses statements above 1,000,000 characters (query.max-length). -#}
{% macro trino__max_seed_text() %}
  {{ return(900000) }}
{% endmacro %}


{% macro trino__get_binding_char() %}
  {{ return('?') }}
{% endmacro %}


{% macro trino__create_csv_table(model, agate_table, on_exists=None, relation=this) %}
  {%- set ddl = 'create' ~ (' or replace' if on_exists == 'replace') ~ ' table ' ~ relation.render() ~ ' '
      ~ csv_column_list(model, agate_table) ~ ' ' ~ properties(relation.identifier != this.identifier) -%}
  {% call statement('_') -%}
    {{ ddl }}
  {%- endcall %}
  {% do return(ddl) %}
{% endmacro %}


{#-
  The rows travel as one JSON text a statement, and each column is cast once: a text that stands for a date is no date
  to Trino. A VALUES list costs the server a planned expression a cell, which is 20 times as slow.
-#}
{% macro trino__load_csv_rows(model, agate_table, relation=this) %}
  {%- set types = trino__seed_types(model, agate_table) -%}
  {%- if trino__load_seed_as_files(agate_table, relation, types) -%}
    {{ return('-- ' ~ agate_table.rows | length ~ ' rows, as files of the catalog') }}
  {%- endif -%}
  {%- set into = 'insert into ' ~ relation.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ')' -%}
  {%- set statements = [] -%}
  {%- if 'interval' in types | join(' ') | lower -%}
    {%- for chunk in agate_table.rows | batch([get_batch_size(), 1000] | min) -%}
      {%- do statements.append(into ~ ' values\n    ' ~ trino__seed_values(chunk, types)) -%}
    {%- endfor -%}
  {%- else -%}
    {%- for rows in adapter.seed_batches(agate_table, get_batch_size(), trino__max_seed_text()) -%}
      {%- do statements.append(into ~ '\n    ' ~ trino__seed_select(rows, types)) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- for sql in statements -%}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
  {%- endfor -%}
  {{ return(statements[0]) }}
{% endmacro %}


{#-
  Many rows of an Iceberg table go in as files that another engine writes, where catalogs.yml tells it how: many times faster
  than as SQL text. `fast: true` does so for few rows too, `fast: false` never. True if done.
-#}
{% macro trino__load_seed_as_files(agate_table, relation, types) %}
  {%- set fast = config.get('fast') -%}
  {%- if fast is false or (fast is none and agate_table.rows | length < 10000) -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set plain = ['varchar', 'boolean', 'tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal', 'date', 'timestamp'] -%}
  {%- for type in types if type.split('(')[0] | trim | lower not in plain -%}
    {{ return(false) }}
  {%- endfor -%}
  {%- set problem = adapter.load_rows(relation, agate_table) -%}
  {%- if problem is not none -%}
    {%- do log('The rows of ' ~ relation ~ ' go in as SQL text: ' ~ problem, info=fast is not none) -%}
  {%- endif -%}
  {{ return(problem is none) }}
{% endmacro %}


{% macro trino__seed_types(model, agate_table) %}
  {%- set overrides = model['config'].get('column_types', {}) -%}
  {%- set types = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do types.append(overrides.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
  {%- endfor -%}
  {{ return(types) }}
{% endmacro %}


{% macro trino__seed_select(rows, types) %}
  {%- set cells = [] -%}
  {%- set names = [] -%}
  {%- set fields = [] -%}
  {%- for type in types -%}
    {%- set name = 'c' ~ loop.index0 -%}
    {%- do names.append(name) -%}
    {%- do fields.append(name ~ ' varchar') -%}
    {%- do cells.append(trino__seed_cast(name, type)) -%}
  {%- endfor -%}
  {{ return(
      'select ' ~ cells | join(', ')
      ~ "\n    from unnest(cast(json_parse('" ~ rows ~ "') as array(row(" ~ fields | join(', ') ~ ')))) as seed (' ~ names | join(', ') ~ ')'
  ) }}
{% endmacro %}


{#- A text is stored as it is: a cast to a sized one would cut it, where the insert refuses. -#}
{% macro trino__seed_cast(text, type) %}
  {%- set kind = type.split('(')[0] | trim | lower -%}
  {%- if kind == 'varchar' -%}
    {{ return(text) }}
  {%- elif kind == 'varbinary' -%}
    {{ return('from_hex(' ~ text ~ ')') }}
  {%- elif kind == 'json' -%}
    {{ return('json_parse(' ~ text ~ ')') }}
  {%- endif -%}
  {{ return('cast(' ~ text ~ ' as ' ~ type ~ ')') }}
{% endmacro %}


{#- Intervals can be written, but no text can be cast to one: such a seed goes in as value lists. -#}
{% macro trino__seed_values(rows, types) %}
  {%- set lists = [] -%}
  {%- for row in rows -%}
    {%- set cells = [] -%}
    {%- for cell in row -%}
      {%- set type = types[loop.index0] -%}
      {%- if cell is none -%}
        {%- do cells.append('null') -%}
      {%- elif (type | lower | trim).startswith('interval') -%}
        {%- do cells.append('interval ' ~ cell) -%}
      {%- else -%}
        {%- set is_whole = cell is number and cell is not boolean and cell == cell | int -%}
        {%- set written = cell | int if is_whole else cell -%}
        {%- do cells.append(trino__seed_cast("'" ~ written | string | replace("'", "''") ~ "'", type)) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do lists.append('(' ~ cells | join(', ') ~ ')') -%}
  {%- endfor -%}
  {{ return(lists | join(',\n    ')) }}
{% endmacro %}

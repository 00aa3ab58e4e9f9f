{% macro trino__get_batch_size() %}
  {{ return(1000) }}
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


{#- Every value as a literal of its column's type: a text that stands for a date is no date to Trino. -#}
{% macro trino__load_csv_rows(model, agate_table, relation=this) %}
  {%- set overrides = model['config'].get('column_types', {}) -%}
  {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set types = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do types.append(overrides.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
  {%- endfor -%}
  {%- if trino__load_seed_as_files(agate_table, relation, types) -%}
    {{ return('-- ' ~ agate_table.rows | length ~ ' rows, as files of the catalog') }}
  {%- endif -%}
  {%- set statements = [] -%}
  {% for chunk in agate_table.rows | batch(get_batch_size()) %}
    {%- set values = [] -%}
    {%- for row in chunk -%}
      {%- set cells = [] -%}
      {%- for cell in row -%}
        {%- do cells.append(trino__seed_literal(cell, types[loop.index0])) -%}
      {%- endfor -%}
      {%- do values.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set insert_sql = 'insert into ' ~ relation.render() ~ ' (' ~ columns ~ ') values\n    ' ~ values | join(',\n    ') -%}
    {% do adapter.add_query(insert_sql, abridge_sql_log=True) %}
    {% do statements.append(insert_sql) if loop.first %}
  {% endfor %}
  {{ return(statements[0]) }}
{% endmacro %}


{#-
  Many rows of an Iceberg table go in as files that another engine writes, where catalogs.yml tells it how: hundreds of times
  faster than as SQL text. `fast: true` does so for few rows too, `fast: false` never. True if done.
-#}
{% macro trino__load_seed_as_files(agate_table, relation, types) %}
  {%- set fast = config.get('fast') -%}
  {%- if fast is false or (fast is none and agate_table.rows | length < 1000) -%}
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


{% macro trino__seed_literal(cell, type) %}
  {%- set kind = type.split('(')[0] | trim | lower -%}
  {%- if cell is none -%}
    {{ return('null') }}
  {%- endif -%}
  {%- set text = "'" ~ cell | string | replace("'", "''") ~ "'" -%}
  {%- if kind == 'varchar' -%}
    {{ return(text) }}
  {%- elif kind.startswith('interval') -%}
    {{ return('interval ' ~ cell) }}
  {%- elif kind == 'varbinary' -%}
    {{ return('from_hex(' ~ text ~ ')') }}
  {%- elif kind == 'json' -%}
    {{ return('json ' ~ text) }}
  {%- elif cell is boolean or cell is integer -%}
    {{ return('cast(' ~ cell | lower ~ ' as ' ~ type ~ ')' if kind not in ['integer', 'bigint', 'boolean'] else cell | lower) }}
  {%- endif -%}
  {{ return('cast(' ~ text ~ ' as ' ~ type ~ ')') }}
{% endmacro %}

{#
  DuckLake's `partitioned_by` and `sorted_by`, with the shorter names as aliases. Both answer none for
  a temporary relation and for anything that is not in a DuckLake; there a warning says that the
  option does nothing.
#}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set parts = duckdb__layout_option(relation, temporary, 'partitioned_by', 'partition_by') -%}
  {{ return(parts | join(', ') if parts else none) }}
{%- endmacro %}


{#- Sort keys are column names and get quoted; partition keys may be expressions. -#}
{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set parts = duckdb__layout_option(relation, temporary, 'sorted_by', 'sort_by') or [] -%}
  {%- set quoted = [] -%}
  {%- for column in parts -%}
    {%- do quoted.append(adapter.quote(column | replace('"', '""'))) -%}
  {%- endfor -%}
  {{ return(quoted | join(', ') if quoted else none) }}
{%- endmacro %}


{% macro duckdb__layout_option(relation, temporary, name, alias) -%}
  {%- set given = config.get(name, none) or config.get(alias, none) -%}
  {%- if temporary or given is none or given == '' -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set label = name ~ '/' ~ alias -%}
  {%- set parts = normalize_string_or_list(given, label) -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error(label ~ ' must contain at least one column') -%}
  {%- endif -%}
  {%- if config.get('materialized') in ['table', 'incremental'] and relation.identifier != this.identifier -%}
    {{ return(none) }}
  {%- endif -%}
  {%- if not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once(label ~ ' does nothing for ' ~ relation ~ ': only DuckLake has it') -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(parts) }}
{%- endmacro %}


{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}


{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}

{#- A subquery, because DuckDB wants the alias before AT, and callers write it after. There are no names of versions. -#}
{% macro duckdb__as_of(relation, version, timestamp) %}
  {%- if version is not none and version.startswith("'") -%}
    {%- do exceptions.raise_compiler_error('as_of: DuckDB knows versions by number only; it got ' ~ version) -%}
  {%- endif -%}
  {{ return('(select * from ' ~ relation.render() ~ ' at (' ~ ('version => ' ~ version if version is not none else "timestamp => timestamptz '" ~ timestamp ~ "'") ~ '))') }}
{% endmacro %}

{#
  A UDF on DuckDB is a macro: no types, no volatility, and a scalar one is an expression. The body may
  be written either way, as an expression or as a query.
#}
{% macro duckdb__scalar_function_sql(target_relation) %}
  {%- set body = model.compiled_code.strip().rstrip(';') -%}
  create or replace macro {{ target_relation.render() }}({{ formatted_scalar_function_args_sql() }}) as (
    {{ body }}
  );
{% endmacro %}


{% macro duckdb__formatted_scalar_function_args_sql() %}
  {%- for arg in model.arguments -%}
    {{ arg.name }}{{ ' := ' ~ arg.default_value if arg.default_value is defined and arg.default_value is not none }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}

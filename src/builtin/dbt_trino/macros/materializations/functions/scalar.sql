{#- The body is one expression: Trino refuses queries in functions. The catalog must be one that keeps functions. -#}
{% macro trino__scalar_function_sql(target_relation) %}
    {{ scalar_function_create_replace_signature_sql(target_relation) }}
    {{ scalar_function_body_sql() }}
{% endmacro %}


{% macro trino__scalar_function_create_replace_signature_sql(target_relation) %}
    create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
    returns {{ model.returns.data_type }}
    {{ scalar_function_volatility_sql() }}
    {{ "comment '" ~ model.description | replace("'", "''") ~ "'" if model.description }}
{% endmacro %}


{% macro trino__scalar_function_body_sql() %}
    return {{ model.compiled_code | trim }}
{% endmacro %}


{#- Trino knows the two ends only; a function says nothing of what lies between. -#}
{% macro trino__scalar_function_volatility_sql() %}
  {%- set words = {'deterministic': 'deterministic', 'non-deterministic': 'not deterministic'} -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility in words -%}
    {{ words[volatility] }}
  {%- elif volatility is not none -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- endif -%}
{% endmacro %}


{#- Trino can neither grant a function nor comment on one; its description is part of its definition. -#}
{% macro trino__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {% if config.get('grants') %}
    {% do exceptions.warn('Trino has no grants on functions: those of `' ~ model.name ~ '` are ignored') %}
  {% endif %}
  {% call statement(name='main') %}
    {{ build_sql }}
  {% endcall %}
  {% do adapter.commit() %}
{% endmacro %}

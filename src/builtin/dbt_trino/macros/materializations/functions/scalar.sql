{#- The body is one expression: Trino refuses queries in functions. The catalog must be one that keeps functions. -#}
{% macro trino__scalar_function_sql(target_relation) %}
    create or replace function {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
    returns {{ model.returns.data_type }}
    {{ 'deterministic' if model.config.get('volatility') == 'deterministic' }}
    {{ 'not deterministic' if model.config.get('volatility') == 'non-deterministic' }}
    {{ "comment '" ~ model.description | replace("'", "''") ~ "'" if model.description }}
    return {{ model.compiled_code | trim }}
{% endmacro %}

{#- Said once a run. -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) %}
  {% if grant_config %}
    {% do adapter.warn_once('`grants` does nothing here: DuckDB has no users') %}
  {% endif %}
{% endmacro %}

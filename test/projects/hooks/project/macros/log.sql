{% macro log_line(text) %}
  {% set statement_text = "insert into main.log values ('" ~ text ~ "')" %}
  {% if model is not defined and execute and flags.WHICH == 'run-operation' %}{% do run_query(statement_text) %}{% do adapter.commit() %}{% endif %}
  {{ return(statement_text) }}
{% endmacro %}

{% macro report(results) %}
  {% if execute %}
  {% for result in results if result.node.resource_type in ('model', 'seed') %}
    insert into main.log values ('result {{ result.node.name }} {{ result.status }} {{ result.node.alias }}');
  {% endfor %}
  insert into main.log values ('{{ database_schemas | length }} schemas');
  {% endif %}
{% endmacro %}

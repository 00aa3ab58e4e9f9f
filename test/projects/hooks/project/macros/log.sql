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

{# What nodes keep in the graph is there for the hooks at the end, whichever thread they ran in. #}
{% macro note(name) %}
  {% if execute %}{% do graph.setdefault('noted', {'names': {}})['names'].update({name: this.identifier}) %}{% endif %}
{% endmacro %}

{% macro report_notes(results) %}
  {% for name, identifier in graph.get('noted', {}).get('names', {}) | dictsort %}
    insert into main.log values ('noted {{ name }} {{ identifier }}');
  {% endfor %}
  {% for result in results if result.node.name.startswith('noted') %}
    insert into main.log values ('{{ result.node.to_dict()["name"] }} {{ result.to_dict()["status"] }} {{ result.timing | map(attribute="name") | join(" ") }} {{ result.timing[0].to_dict().keys() | sort | join(" ") }} {{ result.timing[0].started_at.year > 2000 }}');
  {% endfor %}
{% endmacro %}

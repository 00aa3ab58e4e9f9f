{% macro report() %}
  {% set rows = run_query('select id, name from ' ~ ref('patients') ~ ' order by id') %}
  {% for row in rows %}{{ log(row['id'] ~ '=' ~ row['name'], info=true) }}{% endfor %}
  {{ print(adapter.get_columns_in_relation(ref('patients')) | map(attribute='data_type') | join(', ')) }}
  {{ print(adapter.get_relation('lake', target.schema, 'stg_patients').type ~ ' ' ~ target.type ~ ' ' ~ adapter.type()) }}
{% endmacro %}

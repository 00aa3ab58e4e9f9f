{#-
  Puts the clinic's files into the shared catalog, as its systems would: one Iceberg table a file, rows replaced in one
  commit. Run with `run-operation load_clinic --target lake`.
-#}
{% macro load_clinic() %}
  {% do adapter.create_schema(api.Relation.create(database='lake', schema='clinic')) %}
  {% for source in graph.sources.values() if source.source_name == 'clinic' %}
    {% set table = api.Relation.create(database='lake', schema='clinic', identifier=source.name, type='table') %}
    {% set rows_sql = 'select * from ' ~ source.relation_name %}
    {% call statement('load_' ~ source.name) %}
      {% if load_relation(table) is none %}
        create table {{ table }} as {{ rows_sql }}
      {% else %}
        truncate {{ table }};
        insert into {{ table }} by name {{ rows_sql }};
      {% endif %}
    {% endcall %}
    {% do adapter.commit() %}
    {% do log('loaded ' ~ table, info=true) %}
  {% endfor %}
{% endmacro %}

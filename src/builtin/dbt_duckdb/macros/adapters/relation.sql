{#- Relations that come and go: temporary ones, and the DDL that acts on one relation. -#}

{#- In the session's own temp.main; the timestamp keeps two of the same model apart in one session. -#}
{% macro duckdb__make_temp_relation(base_relation, suffix) %}
  {{ return(base_relation.incorporate(path={
      'database': none,
      'schema': none,
      'identifier': base_relation.identifier ~ suffix ~ py_current_timestring(),
  })) }}
{% endmacro %}


{#- MotherDuck keeps temporary tables on the client, so a real table in a schema of its own stands in for one there. -#}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
  {% if not adapter.is_motherduck() %}
    {{ return({'relation': make_temp_relation(target_relation), 'temporary': true}) }}
  {% endif %}
  {% set relation = target_relation.incorporate(path=adapter.get_temp_relation_path(target_relation, batch_id)) %}
  {% do create_schema(relation) %}
  {% if not adapter.disable_transactions() %}
    {% do adapter.commit() %}
  {% endif %}
  {{ return({'relation': relation, 'temporary': false}) }}
{% endmacro %}


{#-
  DuckLake and Iceberg have no CASCADE. Views of an Iceberg catalog are another engine's, and DuckDB has no statement for
  them.
-#}
{% macro duckdb__drop_relation(relation) -%}
  {%- set iceberg = relation.database is not none and adapter.is_iceberg(relation.database) -%}
  {%- if iceberg and relation.is_view -%}
    {{ return(duckdb__drop_iceberg_view(relation)) }}
  {%- endif -%}
  {% call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type }} if exists {{ relation.render() }} {{ 'cascade' if not (iceberg or adapter.is_ducklake(relation)) }}
  {%- endcall %}
{% endmacro %}


{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}
    alter {{ to_relation.type }} {{ from_relation.render() }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
  {%- endcall %}
{% endmacro %}

{% materialization kept, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ run_hooks(pre_hooks) }}
  {% if existing is none %}
    {% call statement('main') %}{{ create_table_as(False, target_relation, sql) }}{% endcall %}
  {% else %}
    {% call statement('main') %}insert into {{ target_relation }} select * from ({{ sql }}){% endcall %}
  {% endif %}
  {% set result = load_result('main') %}
  {{ run_hooks(post_hooks) }}
  {{ adapter.commit() }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization staged, adapter='duckdb' %}
  {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {% set tmp = make_temp_relation(target_relation) %}
  {% do run_query(create_table_as(True, tmp, sql)) %}
  {% set columns = adapter.get_columns_in_relation(tmp) %}
  {% call statement('main') %}
    create or replace table {{ target_relation }} as select {{ columns | map(attribute='quoted') | join(', ') }}, {{ columns | length }} as column_count from {{ tmp }}
  {% endcall %}
  {% do adapter.drop_relation(tmp) %}
  {% do adapter.commit() %}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}

{# the built-in view, wrapped #}
{% materialization view, adapter='duckdb' %}
  {% do log('wrapped') %}
  {% do return(materialization_view_default()) %}
{% endmaterialization %}

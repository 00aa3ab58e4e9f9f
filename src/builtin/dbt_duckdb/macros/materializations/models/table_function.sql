{#
  A parameterized view: DuckDB's table macro. It binds when called, so it need not be rebuilt when its
  inputs get new columns. `parameters` is a list, or one string with commas. Callers select from it
  with parentheses.
#}
{% materialization table_function, adapter='duckdb' %}
  {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}
  {%- set parameters = config.get('parameters') or [] -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('main', auto_begin=duckdb__has_company()) -%}
    create or replace function {{ target_relation.render() }}(
      {{ parameters if parameters is string or parameters is number else parameters | join(', ') }}
    ) as table (
      {{ sql }}
    );
  {%- endcall %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do persist_docs(target_relation, model) %}
  {% do adapter.commit() %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}

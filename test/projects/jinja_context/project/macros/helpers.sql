{% macro show_value(name, value) -%}
'{{ name }}=' || '{{ value | string | replace("'", "''") }}'
{%- endmacro %}

{% macro returns_list() %}{{ return([1, 2, 3]) }}{% endmacro %}
{% macro returns_text() %}  plain  {% endmacro %}
{% macro with_caller() %}[{{ caller() }}]{% endmacro %}
{% macro with_args(a, b=2) %}{{ a }}-{{ b }}-{{ varargs }}-{{ kwargs }}{% endmacro %}
{% macro make_table(name, rows) %}
  {% set relation = api.Relation.create(database=target.database, schema=target.schema, identifier=name, type='table') %}
  {% do run_query('create or replace table ' ~ relation ~ ' as select i from range(' ~ rows ~ ') t(i)') %}
  {% do adapter.commit() %}
  {{ log('made ' ~ relation, info=True) }}
{% endmacro %}

{# notes that a macro keeps in the context for the rest of the node's render #}
{% macro remember(key, value) %}
  {% set notes = context.get('__NOTES__', {}) %}
  {% do notes.update({key: value}) %}
  {% do context.update({'__NOTES__': notes}) %}
{% endmacro %}
{% macro recall(key) %}{{ return(context.get('__NOTES__', {}).get(key, 'forgotten')) }}{% endmacro %}

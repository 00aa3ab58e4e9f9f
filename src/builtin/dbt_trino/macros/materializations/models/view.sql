{% materialization view, adapter='trino' %}
  {% set result = create_or_replace_view() %}
  {% do persist_docs(this.incorporate(type='view'), model) %}
  {% do return(result) %}
{% endmaterialization %}


{#- The name is free for a view only when the table is gone: a query that Trino does not take must not cost it. -#}
{% macro trino__handle_existing_table(full_refresh, old_relation) %}
  {% call statement('validate', auto_begin=False) -%}
    explain (type validate) {{ sql }}
  {%- endcall %}
  {% do default__handle_existing_table(full_refresh, old_relation) %}
{% endmacro %}

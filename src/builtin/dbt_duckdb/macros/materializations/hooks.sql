{#-
  As in dbt, without its `commit;`: DuckDB begins no transaction by itself, and a COMMIT without one is an error. A
  transaction writes to one database only, so hooks of a table in an Iceberg catalog are none of its transaction.
-#}
{% macro run_hooks(hooks, inside_transaction=True) %}
  {%- set apart = adapter.is_iceberg(this.database) -%}
  {% if apart and hooks %}
    {% do adapter.commit() %}
  {% endif %}
  {% for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) %}
    {% set hook_sql = render(hook.get('sql')) | trim %}
    {% if hook_sql %}
      {% call statement(auto_begin=inside_transaction and not apart) %}
        {{ hook_sql }}
      {% endcall %}
    {% endif %}
  {% endfor %}
{% endmacro %}

{#-
  The Python text that writes what a Python model gave, for projects whose own macros print it; nothing here runs it.
-#}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{%- set rows = 'rows_of_' ~ relation.identifier -%}
{{ compiled_code }}


def materialize(df, con):
    con.register('{{ rows }}', df)
    con.execute('create table {{ relation }} as from "{{ rows }}"{{ ' limit 0' if partitioned_by or sorted_by }}')
    {%- if partitioned_by %}
    con.execute('{{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) }}')
    {%- endif %}
    {%- if sorted_by %}
    con.execute('{{ duckdb__alter_table_set_sorted_by(relation, sorted_by) }}')
    {%- endif %}
    {%- if partitioned_by or sorted_by %}
    con.execute('insert into {{ relation }} from "{{ rows }}"')
    {%- endif %}
    con.unregister('{{ rows }}')
{% endmacro %}

{% macro duckdb__get_rename_table_sql(relation, new_name) %}
    alter table {{ relation.render() }} rename to {{ adapter.quote(new_name) }}
{% endmacro %}

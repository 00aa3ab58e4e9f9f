{% macro duckdb__get_rename_view_sql(relation, new_name) %}
    alter view {{ relation.render() }} rename to {{ adapter.quote(new_name) }}
{% endmacro %}

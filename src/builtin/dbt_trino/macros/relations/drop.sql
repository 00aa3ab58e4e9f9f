{#- No cascade: Trino's views are not bound to their tables. -#}
{% macro trino__get_drop_sql(relation) -%}
    drop {{ relation.type | replace('_', ' ') }} if exists {{ relation.render() }}
{%- endmacro %}

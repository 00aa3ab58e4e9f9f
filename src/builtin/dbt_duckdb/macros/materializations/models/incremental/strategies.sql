{#- No `incremental_strategy` means delete+insert, which without a unique_key is a plain insert. -#}
{% macro duckdb__get_incremental_default_sql(arg_dict) %}
  {% do return(get_incremental_delete_insert_sql(arg_dict)) %}
{% endmacro %}


{#- Predicates narrow the delete only: the insert takes every staged row. -#}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- if unique_key %}
        {%- if unique_key is string %}
            delete from {{ target }}
            where ({{ unique_key }}) in (
                select ({{ unique_key }})
                from {{ source }}
            )
        {%- else %}
            delete from {{ target }} as DBT_INCREMENTAL_TARGET
            using {{ source }}
            where
            {%- for key in unique_key %}
                {{ source }}.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}
                {{ 'and' if not loop.last }}
            {%- endfor %}
        {%- endif %}
        {%- for predicate in incremental_predicates or [] %}
                and {{ predicate }}
        {%- endfor %};
    {%- endif %}
    insert into {{ target }} ({{ columns }})
    (
        select {{ columns }}
        from {{ source }}
    )
{%- endmacro %}

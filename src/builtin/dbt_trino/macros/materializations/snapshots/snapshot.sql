{#- A fixed location would be shared by the snapshot and its staging table. -#}
{% materialization snapshot, adapter='trino' %}
  {% if (config.get('properties') or {}).get('location') %}
    {% do exceptions.raise_compiler_error("Specifying 'location' property in snapshots is not supported.") %}
  {% endif %}
  {{ return(materialization_snapshot_default()) }}
{% endmaterialization %}


{% macro trino__snapshot_hash_arguments(args) -%}
  lower(to_hex(md5(to_utf8(concat(
    {%- for arg in args -%}
      coalesce(cast({{ arg }} as varchar), ''){{ ", '|', " if not loop.last }}
    {%- endfor -%}
    {#- concat takes two arguments at least -#}
    {{ ", ''" if args | length == 1 }})))))
{%- endmacro %}


{#- The staging table is a real one. -#}
{% macro trino__post_snapshot(staging_relation) %}
  {% do adapter.drop_relation(staging_relation) %}
{% endmacro %}


{#- As dbt's, with the inserted values qualified: Trino finds them ambiguous otherwise. -#}
{% macro trino__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set valid_to = 'DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to -%}
    {%- set open_end = config.get('dbt_valid_to_current') %}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}

    when matched
     and ({{ valid_to ~ ' = ' ~ open_end ~ ' or ' if open_end }}{{ valid_to }} is null)
     and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update
        set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}

    when not matched
     and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ insert_cols | join(', ') }})
        values (DBT_INTERNAL_SOURCE.{{ insert_cols | join(', DBT_INTERNAL_SOURCE.') }})
{% endmacro %}

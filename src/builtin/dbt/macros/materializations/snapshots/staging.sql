{#
  What changed since the last run, one row per action (dbt_change_type): 'insert' a version,
  'update' = close a version, 'delete' = close a version whose source row is gone. Under
  hard_deletes = new_record a vanished row also gets a version of its own, marked deleted.
#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{% endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set key = strategy.unique_key -%}
    {%- set open_end = config.get('dbt_valid_to_current') -%}
    {%- set marks_deletes = strategy.hard_deletes == 'new_record' -%}
    {%- set sees_deletes = marks_deletes or strategy.hard_deletes == 'invalidate' -%}
    {%- set already_marked -%}
        snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'
    {%- endset -%}
    {%- set changed_or_back -%}
        {{ strategy.row_changed }} {%- if marks_deletes %} or {{ already_marked }}{% endif %}
    {%- endset -%}
    {%- set still_marked -%}
        not (
            {{ already_marked }}
            and snapshotted_data.{{ columns.dbt_valid_to }} {{ '= ' ~ open_end if open_end else 'is null' }}
        )
    {%- endset %}
    with snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *, {{ unique_key_fields(key) }}
        from {{ target_relation }}
        where
        {%- if open_end %}
            ( {{ equals(columns.dbt_valid_to | trim, open_end | trim) }} or {{ columns.dbt_valid_to | trim }} is null )
        {%- else %}
            {{ columns.dbt_valid_to }} is null
        {%- endif %}

    ),

    insertions_source_data as (

        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}

        from snapshot_query
    ),

    updates_source_data as (

        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}

        from snapshot_query
    ),
    {%- if sees_deletes %}

    deletes_source_data as (

        select *, {{ unique_key_fields(key) }}
        from snapshot_query
    ),
    {%- endif %}

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if marks_deletes %}, 'False' as {{ columns.dbt_is_deleted }}{% endif %}

        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
        where {{ unique_key_is_null(key, 'snapshotted_data') }}
           or ({{ unique_key_is_not_null(key, 'snapshotted_data') }} and ({{ changed_or_back }}))

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deletes %}, snapshotted_data.{{ columns.dbt_is_deleted }}{% endif %}

        from updates_source_data as source_data
        join snapshotted_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
        where ({{ changed_or_back }})
    )
    {%- if sees_deletes %},

    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deletes %}, snapshotted_data.{{ columns.dbt_is_deleted }}{% endif %}

        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
        where {{ unique_key_is_null(key, 'source_data') }}
        {%- if marks_deletes %}
          and {{ still_marked }}
        {%- endif %}
    )
    {%- endif %}
    {%- if marks_deletes %},

    deletion_records as (
        {#- a column that the table does not have yet can only be null here; the join supplies it -#}
        {%- set stored = get_list_of_column_names(get_columns_in_relation(target_relation)) %}

        select
            'insert' as dbt_change_type,
            {%- for name in get_columns_in_query(source_sql) %}
            {{ 'snapshotted_data' if name in stored else 'source_data' }}.{{ adapter.quote(name) }},
            {%- endfor %}
            {%- if key | is_list %}
            {%- for part in key %}
            snapshotted_data.{{ part }} as dbt_unique_key_{{ loop.index }},
            {%- endfor %}
            {%- else %}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {%- endif %}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}

        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
        where {{ unique_key_is_null(key, 'source_data') }}
          and {{ still_marked }}
    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if sees_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if marks_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

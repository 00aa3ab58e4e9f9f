{% snapshot snap_people %}
{{ config(unique_key='id', strategy='check', check_cols=['name']) }}
select * from {{ ref('stg_people') }}
{% endsnapshot %}

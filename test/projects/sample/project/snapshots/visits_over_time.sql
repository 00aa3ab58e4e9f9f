{% snapshot visits_over_time %}
{{ config(unique_key='id', strategy='timestamp', updated_at='seen') }}
select * from {{ ref('visits') }}
{% endsnapshot %}

{% snapshot orders_history %}
{{ config(strategy="check", unique_key="id", check_cols=["amount"]) }}
select * from {{ ref("orders") }}
{% endsnapshot %}

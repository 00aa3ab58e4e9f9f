{% snapshot by_time %}
    {{ config(strategy='timestamp', updated_at='changed_at', hard_deletes='invalidate') }}
    select id, name, city, changed_at, phone, score from main.people
{% endsnapshot %}

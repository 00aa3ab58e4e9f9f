{% snapshot by_time %}
    {{ config(strategy='timestamp', updated_at='changed_at') }}
    select id, name, city, changed_at from main.people
{% endsnapshot %}

{% snapshot by_check %}
    {{ config(strategy='check', check_cols=['city', 'score']) }}
    select * from main.people -- the comment at the end must not eat anything
{% endsnapshot %}

{% snapshot by_check_all %}
    {{ config(strategy='check', check_cols='all', unique_key=['id', 'name']) }}
    select * exclude (changed_at) from main.people
{% endsnapshot %}

{% snapshot by_check_updated_at %}
    {{ config(strategy='check', check_cols=['city'], updated_at='changed_at') }}
    select id, city, changed_at from main.people
{% endsnapshot %}

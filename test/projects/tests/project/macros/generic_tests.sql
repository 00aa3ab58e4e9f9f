{% test row_count(model, expected) %}
  select count(*) as n from {{ model }} having count(*) <> {{ expected }}
{% endtest %}

{% test is_one_of(model, column_name, values) %}
  select {{ column_name }} as value from {{ model }}
  where {{ column_name }} not in ({% for value in values %}'{{ value }}'{% if not loop.last %}, {% endif %}{% endfor %})
{% endtest %}

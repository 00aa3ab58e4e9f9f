{% test between(model, column_name, low, high) %}
    {{ config(severity='warn') }}
    select * from {{ model }} where {{ column_name }} not between {{ low }} and {{ high }}
{% endtest %}

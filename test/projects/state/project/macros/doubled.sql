{% macro doubled(column) %}{{ times(column, 2) }}{% endmacro %}

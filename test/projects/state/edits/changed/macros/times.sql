{% macro times(column, factor) %}({{ column }} * {{ factor }}){% endmacro %}

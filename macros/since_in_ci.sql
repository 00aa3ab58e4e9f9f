{#- A condition that keeps only recent rows in the `ci` target and every row elsewhere. -#}
{% macro since_in_ci(column) -%}
    {%- if target.name == 'ci' -%}
        {{ column }} >= '{{ var("ci_since") }}'
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

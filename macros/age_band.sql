{#- Three bands are enough for every report that the clinic has. -#}
{% macro age_band(column) -%}
case
        when {{ column }} < 18 then 'child'
        when {{ column }} < 65 then 'adult'
        else 'senior'
    end
{%- endmacro %}

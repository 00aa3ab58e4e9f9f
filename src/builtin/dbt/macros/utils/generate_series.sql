{#- The smallest n with 2 ** n >= upper_bound, at least 1. -#}
{% macro get_powers_of_two(upper_bound) %}
  {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{% endmacro %}

{% macro default__get_powers_of_two(upper_bound) %}
  {% if upper_bound <= 0 %}
    {% do exceptions.raise_compiler_error('upper bound must be positive') %}
  {% endif %}
  {% for exponent in range(1, 100) if upper_bound <= 2 ** exponent %}
    {{ return(exponent) }}
  {% endfor %}
{% endmacro %}


{#- 1 to upper_bound, counted in binary digits for engines without a series function. -#}
{% macro generate_series(upper_bound) %}
  {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{% endmacro %}

{% macro default__generate_series(upper_bound) %}
    {%- set digits = range(dbt.get_powers_of_two(upper_bound)) %}
    with p as (
        select 0 as generated_number union all select 1
    ), unioned as (

    select
    {% for i in digits %}
    p{{ i }}.generated_number * power(2, {{ i }})
    {{ '+' if not loop.last }}
    {% endfor %}
    + 1
    as generated_number

    from
    {% for i in digits %}
    p as p{{ i }}
    {{ 'cross join' if not loop.last }}
    {% endfor %}

    )

    select *
    from unioned
    where generated_number <= {{ upper_bound }}
    order by generated_number
{% endmacro %}

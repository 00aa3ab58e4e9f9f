{#- Replacing a view is atomic in Trino and may change its columns. -#}
{% macro trino__create_view_as(relation, sql) -%}
  {%- set security = config.get('view_security', 'definer') -%}
  {%- if security not in ['definer', 'invoker'] -%}
    {%- do log('Invalid value for view_security (' ~ security ~ ') specified. Setting default value (definer).') -%}
    {%- set security = 'definer' -%}
  {%- endif -%}
  {{ get_assert_columns_equivalent(sql) if config.get('contract').enforced }}
  create or replace view
    {{ relation.render() }}
  security {{ security }}
  as
    {{ sql }}
{% endmacro %}

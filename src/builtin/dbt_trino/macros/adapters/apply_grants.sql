{% macro trino__get_show_grant_sql(relation) -%}
    select grantee, lower(privilege_type) as privilege_type
    from {{ information_schema_name(relation.database) }}.table_privileges
    where table_catalog = '{{ relation.database | lower }}'
      and table_schema = '{{ relation.schema | lower }}'
      and table_name = '{{ relation.identifier | lower }}'
{%- endmacro %}


{#- A replaced table is a new one: it starts without grants. -#}
{% macro trino__copy_grants() %}
  {{ return(False) }}
{% endmacro %}


{% macro trino__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(False) }}
{%- endmacro %}


{% macro trino__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ adapter.quote(grantees[0]) }}
{%- endmacro %}


{% macro trino__call_dcl_statements(dcl_statement_list) %}
  {% for dcl in dcl_statement_list %}
    {% call statement('grant_or_revoke') %}
      {{ dcl }}
    {% endcall %}
  {% endfor %}
{% endmacro %}

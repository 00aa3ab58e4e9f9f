{#
  Grants: what the node's config asks for, minus what is there; what is there and not asked for is
  revoked. Whether anything can be there already depends on how the relation was made (should_revoke).
#}

{#- Do grants survive when a relation is replaced? If in doubt yes: it costs a look, not a hole. -#}
{% macro copy_grants() %}
  {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{% endmacro %}

{% macro default__copy_grants() %}
  {{ return(True) }}
{% endmacro %}


{#- May one statement name several grantees? -#}
{% macro support_multiple_grantees_per_dcl_statement() %}
  {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{% endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(True) }}
{%- endmacro %}


{% macro should_revoke(existing_relation, full_refresh_mode=True) %}
  {% if not existing_relation %}
    {{ return(False) }}
  {% endif %}
  {{ return(copy_grants() if full_refresh_mode else True) }}
{% endmacro %}


{% macro get_show_grant_sql(relation) %}
  {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_show_grant_sql(relation) %}
    show grants on {{ relation.render() }}
{% endmacro %}


{% macro get_grant_sql(relation, privilege, grantees) %}
  {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{% macro default__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}


{% macro get_revoke_sql(relation, privilege, grantees) %}
  {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{#- Quoted here and not in the grant: these names come from the database, those from the user. -#}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
    revoke {{ privilege }} on {{ relation.render() }} from {% for grantee in grantees %}{{ adapter.quote(grantee) }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}


{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{% endmacro %}

{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {%- set statements = [] -%}
  {%- for privilege, grantees in grant_config.items() -%}
    {%- set groups = ([grantees] if grantees else []) if support_multiple_grantees_per_dcl_statement() else grantees | batch(1) -%}
    {%- for group in groups -%}
      {%- do statements.append(get_dcl_macro(relation, privilege, group)) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(statements) }}
{%- endmacro %}


{% macro call_dcl_statements(dcl_statement_list) %}
  {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{% endmacro %}

{#- One string for all; an engine that takes one statement at a time overrides this. -#}
{% macro default__call_dcl_statements(dcl_statement_list) %}
  {% call statement('grants') %}
    {% for dcl in dcl_statement_list %}
      {{ dcl }};
    {% endfor %}
  {% endcall %}
{% endmacro %}


{% macro apply_grants(relation, grant_config, should_revoke) %}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{% endmacro %}

{% macro default__apply_grants(relation, grant_config, should_revoke=True) %}
  {% if not grant_config %}
    {{ return('') }}
  {% endif %}
  {% set surplus = {} %}
  {% set missing = grant_config %}
  {% if should_revoke %}
    {% set current = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) %}
    {% set missing = diff_of_two_dicts(grant_config, current) %}
    {% set surplus = diff_of_two_dicts(current, grant_config) %}
    {% if not (missing or surplus) %}
      {% do log('Grants on ' ~ relation.render() ~ ' are as configured') %}
    {% endif %}
  {% endif %}
  {% set statements = get_dcl_statement_list(relation, surplus, get_revoke_sql) + get_dcl_statement_list(relation, missing, get_grant_sql) %}
  {% if statements %}
    {% do call_dcl_statements(statements) %}
  {% endif %}
{% endmacro %}

{#- The new name in full: a bare one would mean the session's catalog and schema. -#}
{% macro trino__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}
    {{ trino__get_rename_sql(from_relation, to_relation) }}
  {%- endcall %}
{% endmacro %}


{% macro trino__get_rename_sql(relation, new_name) -%}
    alter {{ relation.type | replace('_', ' ') }} {{ relation.render() }} rename to {{ new_name }}
{%- endmacro %}

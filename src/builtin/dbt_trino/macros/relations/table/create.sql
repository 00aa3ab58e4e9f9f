{#-
  There are no temporary tables: `temporary` only gives the table another place. With a contract the table is created
  with its columns and constraints first, because CREATE TABLE AS takes neither.
-#}
{% macro trino__create_table_as(temporary, relation, sql, on_exists=None) -%}
  {%- set create = 'create' ~ (' or replace' if on_exists == 'replace') ~ ' table' ~ (' if not exists' if on_exists == 'skip') -%}
  {%- if config.get('contract').enforced and not temporary -%}
    {{ get_assert_columns_equivalent(sql) }}
    {{ create }} {{ relation.render() }}
    {{ get_table_columns_and_constraints() }}
    {{ comment(model.get('description')) }}
    {{ properties(temporary) }};

    insert into {{ relation.render() }}
    (
      {{ get_select_subquery(sql) }}
    );
  {%- else -%}
    {{ create }} {{ relation.render() }}
    {{ comment(model.get('description')) }}
    {{ properties(temporary) }}
    as (
      {{ sql }}
    );
  {%- endif -%}
{% endmacro %}

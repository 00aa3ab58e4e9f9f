{#
  How a relation is replaced. DuckDB's DDL is transactional, so a killed run leaves the old relation
  or the new one, never none. Measured on a file, with a table of 10,000 rows, per model:
    create or replace, no transaction                     2.05 ms
    begin, create beside, drop the old, rename, commit    2.66 ms
    begin, create beside, rename twice, commit, drop      3.14 ms (what dbt-duckdb does)
  So: one statement where one is enough, else the second form. The third has no merit here, because
  inside a transaction nobody sees the gap between drop and rename.

  One statement is enough if what stands there has the same type (DuckDB refuses to replace a view by a
  table) and the DDL is a single statement. It may read the relation that it replaces.
#}

{#- The create statement of the current node, under any name. Contracts and layouts make several statements of it. -#}
{% macro duckdb__relation_ddl(relation, code=compiled_code, language=model['language']) -%}
  {%- if relation.is_view -%}
    {{ get_create_view_as_sql(relation, sql) }}
  {%- else -%}
    {{ create_table_as(
        False, relation, code, language,
        partitioned_by=duckdb__get_partitioned_by(this, false),
        sorted_by=duckdb__get_sorted_by(this, false)
    ) }}
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__is_single_statement(relation, language='sql') %}
  {{ return(
      relation.is_view
      or not (language == 'python' or config.get('contract').enforced or duckdb__get_partitioned_by(this, false) or duckdb__get_sorted_by(this, false))
  ) }}
{% endmacro %}


{#-
  Makes DDL replace. Projects override create_table_as and create_view_as, so their text is taken as it
  comes; where it does not begin in the plain way the answer is none, and the caller stages instead.
-#}
{% macro duckdb__as_replacing(ddl, relation) %}
  {%- set plain = 'create ' ~ relation.type ~ ' ' ~ relation -%}
  {{ return(ddl.replace(plain, 'create or replace ' ~ relation.type ~ ' ' ~ relation, 1) if plain in ddl else none) }}
{% endmacro %}


{% macro duckdb__get_replace_table_sql(relation, sql) %}
  {{ return(duckdb__as_replacing(get_create_table_as_sql(False, relation, sql), relation)) }}
{% endmacro %}


{% macro duckdb__get_replace_view_sql(relation, sql) %}
  {{ return(duckdb__as_replacing(get_create_view_as_sql(relation, sql), relation)) }}
{% endmacro %}


{#- Does the node do more than its one statement, so that BEGIN and COMMIT are worth their round trips? -#}
{% macro duckdb__has_company() %}
  {%- for hook in pre_hooks + post_hooks if hook.get('transaction') -%}
    {{ return(true) }}
  {%- endfor -%}
  {{ return(
      config.get('indexes', default=[]) | length > 0
      or config.persist_relation_docs()
      or config.persist_column_docs()
  ) }}
{% endmacro %}


{#-
  Puts the current node under target_relation's name; `main` is the statement whose result counts.
  A transaction may be left open: the caller commits.
-#}
{% macro duckdb__build_relation(existing_relation, target_relation) %}
  {% if adapter.is_iceberg(target_relation.database) %}
    {% do duckdb__build_iceberg_table(existing_relation, target_relation) %}
    {{ return('') }}
  {% endif %}
  {%- set code = compiled_code -%}
  {%- set language = model['language'] -%}
  {%- if language == 'python' and (duckdb__get_partitioned_by(this, false) or duckdb__get_sorted_by(this, false)) -%}
    {%- set staged_relation = make_temp_relation(target_relation) -%}
    {% call statement('stage', language=language) -%}
      {{ create_table_as(True, staged_relation, code, language) }}
    {%- endcall %}
    {%- set code = 'select * from ' ~ staged_relation -%}
    {%- set language = 'sql' -%}
  {%- endif -%}
  {%- set single = duckdb__is_single_statement(target_relation, language) -%}
  {%- set in_transaction = not single or duckdb__has_company() -%}

  {% if existing_relation is not none and has_foreign_key_constraints(existing_relation) %}
    {#- such a table must be born under its final name: see has_foreign_key_constraints -#}
    {% set dropped = drop_relation_for_rebuild(existing_relation) %}
    {% call statement('main', language=language) -%}
      {{ duckdb__relation_ddl(target_relation, code, language) }}
    {%- endcall %}
    {% do restore_foreign_key_dependents(dropped) %}
    {{ return('') }}
  {% endif %}

  {% if existing_relation is none %}
    {% call statement('main', auto_begin=in_transaction, language=language) -%}
      {{ duckdb__relation_ddl(target_relation, code, language) }}
    {%- endcall %}
    {{ return('') }}
  {% endif %}

  {%- set referenced = existing_relation.is_table and may_be_foreign_key_target(existing_relation) -%}
  {% if single and not referenced and existing_relation.type == target_relation.type %}
    {% set replacing = duckdb__as_replacing(duckdb__relation_ddl(target_relation, code, language), target_relation) %}
    {% if replacing is not none %}
      {% call statement('main', auto_begin=in_transaction) -%}
        {{ replacing }}
      {%- endcall %}
      {{ return('') }}
    {% endif %}
  {% endif %}

  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {% do drop_relation_if_exists(load_cached_relation(intermediate_relation)) %}
  {% call statement('main', language=language) -%}
    {{ duckdb__relation_ddl(intermediate_relation, code, language) }}
  {%- endcall %}
  {% set dropped = drop_foreign_key_dependents(existing_relation) if referenced else [] %}
  {% do adapter.drop_relation(existing_relation) %}
  {% do adapter.rename_relation(intermediate_relation, target_relation) %}
  {% do restore_foreign_key_dependents(dropped) %}
{% endmacro %}

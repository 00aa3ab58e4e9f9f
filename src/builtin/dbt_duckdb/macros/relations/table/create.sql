{#- Replaces dbt's macro of this name, to carry DuckLake's layout. -#}
{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
{%- endmacro %}


{#-
  `create table … as` in one go; a contract's constraints and a layout need the empty table first. The
  first line of the DDL is written plainly, `create table <relation>`: duckdb__as_replacing looks for it.
-#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- if language == 'python' -%}
    {{ return(py_write_table(temporary, relation, compiled_code)) }}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('duckdb__create_table_as does not support the language ' ~ language) -%}
  {%- endif -%}
  {%- if not temporary and adapter.is_iceberg(relation.database) -%}
    {{ return(duckdb__create_iceberg_table_as(relation, compiled_code)) }}
  {%- endif -%}
  {%- set contracted = config.get('contract').enforced -%}
  {%- if contracted -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {%- set constrained = contracted and not temporary -%}
  {%- set laid_out = partitioned_by or sorted_by -%}
  {{ config.get('sql_header', none) or '' }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if constrained %}
  {{ get_table_columns_and_constraints() }};
  {%- elif laid_out %}
  as (
    select * from (
      {{ compiled_code }}
    ) as model_subq
    limit 0
  );
  {%- else %}
  as (
    {{ compiled_code }}
  );
  {%- endif %}
  {%- if partitioned_by %}
  {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) }}
  {%- endif %}
  {%- if sorted_by %}
  {{ duckdb__alter_table_set_sorted_by(relation, sorted_by) }}
  {%- endif %}
  {%- if constrained %}
  insert into {{ relation }} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- elif laid_out %}
  insert into {{ relation }}
    select * from (
      {{ compiled_code }}
    ) as model_subq;
  {%- endif %}
{%- endmacro %}

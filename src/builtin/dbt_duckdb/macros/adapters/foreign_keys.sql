{#
  DuckDB will neither drop nor rename a table that a foreign key points at, and it cannot drop a
  constraint. It also remembers at the referenced table the name under which the referencing table was
  created, and does not follow renames (duckdb/duckdb#24648). Hence:
    - a table with a foreign key is always created under its final name;
    - before a referenced table is replaced, the tables that point at it are swapped for copies without
      constraints. That is allowed only for tables that this run rebuilds afterwards.
  Foreign keys cannot cross schemas, so one schema is all that is looked at.
#}

{#- Of the constraints that the model's contract declares. -#}
{% macro enforced_constraint_types() -%}
  {%- set types = [] -%}
  {%- if config.get('contract').enforced -%}
    {%- for constraint in model.get('constraints', []) -%}
      {%- do types.append(constraint.type) -%}
    {%- endfor -%}
    {%- for column in model.get('columns', {}).values() -%}
      {%- for constraint in column.get('constraints', []) -%}
        {%- do types.append(constraint.type) -%}
      {%- endfor -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(types) }}
{%- endmacro %}


{#- Of the table as it stands; one query a schema, remembered by the adapter. -#}
{% macro existing_constraint_types(relation) -%}
  {{ return(adapter.existing_key_constraint_types(relation) if relation is not none and relation.is_table else []) }}
{%- endmacro %}


{% macro has_foreign_key_constraints(relation=none) -%}
  {{ return(
      adapter.catalog_supports_foreign_keys(this.database)
      and 'foreign_key' in enforced_constraint_types() + existing_constraint_types(relation)
  ) }}
{%- endmacro %}


{#- Only a primary key or a unique constraint can be pointed at. The existing table counts too: the key may be on its way out. -#}
{% macro may_be_foreign_key_target(relation=none) -%}
  {%- set types = enforced_constraint_types() + existing_constraint_types(relation)
      if adapter.catalog_supports_foreign_keys(this.database) else [] -%}
  {{ return('primary_key' in types or 'unique' in types) }}
{%- endmacro %}


{#- In the model's transaction, also where transactions are switched off: a failed build must bring the old table back. -#}
{% macro drop_relation_for_rebuild(relation) -%}
  {% do adapter.ensure_transaction() %}
  {% set dropped = drop_foreign_key_dependents(relation) if relation.is_table and may_be_foreign_key_target(relation) else [] %}
  {% do adapter.drop_relation(relation) %}
  {{ return(dropped) }}
{%- endmacro %}


{#- Swaps every table that points at `relation`, however indirectly, for a copy; returns what restore_… takes. -#}
{% macro drop_foreign_key_dependents(relation) -%}
  {% call statement('get_foreign_key_dependents', fetch_result=True) %}
    with recursive links as (
      select table_name, referenced_table
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ adapter.escape_sql_string(relation.database) }}')
        and lower(schema_name) = lower('{{ adapter.escape_sql_string(relation.schema) }}')
        and lower(table_name) <> lower(referenced_table)
    ),
    reached(table_name, depth) as (
      select table_name, 1
      from links
      where lower(referenced_table) = lower('{{ adapter.escape_sql_string(relation.identifier) }}')
      union
      select links.table_name, reached.depth + 1
      from links
      join reached on lower(links.referenced_table) = lower(reached.table_name)
    )
    select links.table_name, list(distinct lower(links.referenced_table))::varchar as targets
    from links
    join (select table_name, max(depth) as depth from reached group by table_name) deepest using (table_name)
    group by links.table_name, deepest.depth
    order by deepest.depth desc, links.table_name
  {% endcall %}
  {% set dependents = load_result('get_foreign_key_dependents').table %}
  {% if dependents | length == 0 %}
    {{ return([]) }}
  {% endif %}

  {% set builders = foreign_key_builders(relation, dependents) %}
  {% set problems = [] %}
  {% for row in dependents %}
    {% set problem = foreign_key_rebuild_problem(row[0], row[1], builders) %}
    {% do problems.append(row[0] ~ ' (' ~ problem ~ ')') if problem %}
  {% endfor %}
  {% if problems %}
    {% do exceptions.raise_compiler_error(
        'Cannot replace ' ~ relation ~ ': foreign keys point at it, and these tables would not be rebuilt by this run: ' ~ problems | join('; ')
    ) %}
  {% endif %}

  {% set dropped = [] %}
  {% for row in dependents %}
    {% set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=row[0], type='table') %}
    {% set copy = dependent.incorporate(path={'identifier': row[0] ~ '__dbt_fk_backup'}) %}
    {% do adapter.drop_relation(copy) %}
    {% call statement('copy_foreign_key_dependent') %}
      create table {{ copy }} as select * from {{ dependent }}
    {% endcall %}
    {% do log('Dropping ' ~ dependent ~ ', whose foreign key points at ' ~ relation ~ '; its own model brings it back in this run', info=True) %}
    {% do adapter.drop_relation(dependent) %}
    {% do dropped.append({'relation': dependent, 'backup': copy}) %}
  {% endfor %}
  {{ return(dropped) }}
{%- endmacro %}


{#- Lower-case table name -> the model that builds it, for the dependents and for `relation` itself. -#}
{% macro foreign_key_builders(relation, dependents) %}
  {%- set names = [] -%}
  {%- for row in dependents -%}
    {%- do names.append(row[0] | lower) -%}
  {%- endfor -%}
  {%- set builders = {relation.identifier | lower: model} -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model'
        and (node.database or '') | lower == (relation.database or '') | lower
        and node.schema | lower == relation.schema | lower
        and (node.alias or node.name) | lower in names -%}
    {%- do builders.update({(node.alias or node.name) | lower: node}) -%}
  {%- endfor -%}
  {{ return(builders) }}
{% endmacro %}


{#- Why this run would not rebuild the table after the one that is being replaced; the empty string if it will. -#}
{% macro foreign_key_rebuild_problem(table, targets, builders) %}
  {%- set node = builders.get(table | lower) -%}
  {%- if node is none -%}
    {{ return('no model of this project builds it') }}
  {%- elif node.unique_id not in selected_resources -%}
    {{ return('model ' ~ node.name ~ ' is not selected') }}
  {%- endif -%}
  {%- set parents = [] -%}
  {%- for name, builder in builders.items() if name in targets and builder.unique_id in node.depends_on.nodes -%}
    {%- do parents.append(name) -%}
  {%- endfor -%}
  {%- if not parents -%}
    {{ return('model ' ~ node.name ~ ' may run too early: its constraint should say `to: ref(…)`') }}
  {%- endif -%}
  {%- set refreshed = flags.FULL_REFRESH if node.config.full_refresh is none else node.config.full_refresh -%}
  {%- if node.config.materialized != 'table' and not (node.config.materialized == 'incremental' and refreshed) -%}
    {{ return('model ' ~ node.name ~ ' is ' ~ node.config.materialized ~ ' and keeps its rows only without a rebuild: use --full-refresh') }}
  {%- endif -%}
  {{ return('') }}
{% endmacro %}


{#- The copies stand in, without constraints, until their models run. -#}
{% macro restore_foreign_key_dependents(dropped) -%}
  {% for item in dropped | reverse %}
    {% do log('Restoring the rows of ' ~ item['relation'] ~ '; its constraints come back when its model runs', info=True) %}
    {% do adapter.rename_relation(item['backup'], item['relation']) %}
  {% endfor %}
{%- endmacro %}

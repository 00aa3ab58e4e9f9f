{#
  Upkeep of Iceberg tables: small files into larger ones, then fewer manifests, then old snapshots, then files that no
  snapshot names. In this order each step finds what the one before made superfluous.
  Source: https://trino.io/docs/current/connector/iceberg.html#alter-table-execute
#}
{% macro trino__upkeep_options() %}
  {{ return({
      'optimize': {'file_size_threshold': 'size', 'where': 'condition'},
      'optimize_manifests': {},
      'expire_snapshots': {'retention_threshold': 'duration', 'retain_last': 'number', 'clean_expired_metadata': 'flag'},
      'remove_orphan_files': {'retention_threshold': 'duration'},
  }) }}
{% endmacro %}


{#- One statement a procedure, or a compiler error that names what is wrong. `true` takes the server's own thresholds. -#}
{% macro trino__get_iceberg_upkeep_sql(relation, upkeep) %}
  {%- set known = trino__upkeep_options() -%}
  {%- if upkeep is not mapping -%}
    {%- do exceptions.raise_compiler_error("iceberg_upkeep must be a mapping of " ~ known | join(', ') ~ "; it is: " ~ upkeep) -%}
  {%- endif -%}
  {%- for name in upkeep if name not in known -%}
    {%- do exceptions.raise_compiler_error("iceberg_upkeep has no '" ~ name ~ "'; it has " ~ known | join(', ')) -%}
  {%- endfor -%}
  {%- set statements = [] -%}
  {%- for name, options in known.items() if upkeep.get(name) not in [none, false] -%}
    {%- set given = {} if upkeep[name] is sameas true else upkeep[name] -%}
    {%- if given is not mapping -%}
      {%- do exceptions.raise_compiler_error("iceberg_upkeep: '" ~ name ~ "' must be true, false or a mapping of its options; it is: " ~ given) -%}
    {%- endif -%}
    {%- set arguments = [] -%}
    {%- for option, value in given.items() -%}
      {%- do trino__check_upkeep_option(name, option, value, options) -%}
      {%- if options[option] != 'condition' -%}
        {%- set plain = options[option] in ['number', 'flag'] -%}
        {%- do arguments.append(option ~ ' => ' ~ (value | string | lower if plain else "'" ~ value ~ "'")) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do statements.append(
        'alter table ' ~ relation.render() ~ ' execute ' ~ name
        ~ ('(' ~ arguments | join(', ') ~ ')' if arguments else '')
        ~ (' where ' ~ given['where'] if given.get('where') else '')
    ) -%}
  {%- endfor -%}
  {{ return(statements) }}
{% endmacro %}


{% macro trino__check_upkeep_option(name, option, value, options) %}
  {%- set place = 'iceberg_upkeep: ' ~ name ~ '.' ~ option -%}
  {%- if option not in options -%}
    {%- do exceptions.raise_compiler_error(
        "iceberg_upkeep: '" ~ name ~ "' has no option '" ~ option ~ "'; "
        ~ ('it has ' ~ options | join(', ') if options else 'it has none')
    ) -%}
  {%- endif -%}
  {%- set kind = options[option] -%}
  {%- set text = value | string -%}
  {%- if kind == 'duration' and not modules.re.match('^\\d+(\\.\\d+)?(ns|us|ms|s|m|h|d)$', text) -%}
    {%- do exceptions.raise_compiler_error(place ~ " is '" ~ text ~ "'; it must be a number and a unit (ns, us, ms, s, m, h, d), as in '7d'") -%}
  {%- elif kind == 'size' and not modules.re.match('^\\d+(\\.\\d+)?(B|kB|MB|GB|TB|PB)$', text) -%}
    {%- do exceptions.raise_compiler_error(place ~ " is '" ~ text ~ "'; it must be a number and a unit (B, kB, MB, GB, TB, PB), as in '128MB'") -%}
  {%- elif kind == 'number' and (value is not integer or value is boolean) -%}
    {%- do exceptions.raise_compiler_error(place ~ " is '" ~ text ~ "'; it must be a whole number") -%}
  {%- elif kind == 'flag' and value is not boolean -%}
    {%- do exceptions.raise_compiler_error(place ~ " is '" ~ text ~ "'; it must be true or false") -%}
  {%- elif kind == 'condition' and (value is not string or not value | trim) -%}
    {%- do exceptions.raise_compiler_error(place ~ " must be a SQL condition on partition columns; it is: " ~ text) -%}
  {%- endif -%}
{% endmacro %}


{#-
  As an operation:
    run-operation iceberg_upkeep                                                  every node with the config
    run-operation iceberg_upkeep --args '{tables: [visits, lake.ward.arrivals]}'  these, by node name or by relation
    run-operation iceberg_upkeep --args '{tables: visits, upkeep: {optimize: true}, dry_run: true}'
  `upkeep` stands in for the nodes' own config. All statements are made before the first is sent, so that a mistake in
  one leaves every table as it is; a table that the server refuses ends the operation.
-#}
{% macro iceberg_upkeep(tables=none, upkeep=none, dry_run=false) %}
  {%- if execute -%}
    {%- set statements = [] -%}
    {%- for entry in trino__upkeep_tables(tables, upkeep) -%}
      {%- do statements.extend(trino__get_iceberg_upkeep_sql(entry[0], entry[1])) -%}
    {%- endfor -%}
    {%- for sql in statements -%}
      {%- do log(sql, info=True) -%}
      {%- do run_query(sql) if not dry_run -%}
    {%- endfor -%}
    {%- do log('Nothing to do: no table has an iceberg_upkeep config, and no upkeep was given.', info=True) if not statements -%}
  {%- endif -%}
{% endmacro %}


{#- Pairs of a relation and its upkeep. -#}
{% macro trino__upkeep_tables(tables, upkeep) %}
  {%- set nodes = {} -%}
  {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed', 'snapshot'] -%}
    {%- if node.config.materialized not in ['view', 'ephemeral', 'materialized_view'] -%}
      {%- do nodes.update({node.name: node}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set pairs = [] -%}
  {%- if tables is none -%}
    {%- for node in nodes.values() if node.config.get('iceberg_upkeep') -%}
      {%- do pairs.append([api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias), upkeep or node.config.get('iceberg_upkeep')]) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- for name in ([tables] if tables is string else tables or []) -%}
    {%- set node = nodes.get(name) -%}
    {%- set parts = name.split('.') -%}
    {%- if node -%}
      {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- elif parts | length in [2, 3] -%}
      {%- set relation = api.Relation.create(database=parts[-3] if parts | length == 3 else target.database, schema=parts[-2], identifier=parts[-1]) -%}
    {%- else -%}
      {%- do exceptions.raise_compiler_error("iceberg_upkeep: '" ~ name ~ "' is no table of this project; name a model, seed or snapshot, or write schema.table or catalog.schema.table") -%}
    {%- endif -%}
    {%- set wanted = upkeep or (node.config.get('iceberg_upkeep') if node) -%}
    {%- if not wanted -%}
      {%- do exceptions.raise_compiler_error("iceberg_upkeep: nothing says what to do with '" ~ name ~ "'; give `upkeep`, as in {upkeep: {optimize: true}}") -%}
    {%- endif -%}
    {%- do pairs.append([relation, wanted]) -%}
  {%- endfor -%}
  {{ return(pairs) }}
{% endmacro %}

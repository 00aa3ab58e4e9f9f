{#
  A model whose rows live in a file: COPY writes them, and a view under the model's name reads them.
  An empty result is written as one row of nulls, which the view filters out: without a row a CSV or
  JSON file has no types, and a partitioned write has no file at all.
#}
{% materialization external, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {#- also fills in what the file name says about format and compression -#}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set format = duckdb__external_format(options) -%}

  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('create_table', auto_begin=False, language=model['language']) -%}
    {{ create_table_as(True, temp_relation, compiled_code, model['language']) }}
  {%- endcall %}
  {%- set is_empty = run_query('select count(*) from (select 1 from ' ~ temp_relation ~ ' limit 1)')[0][0] == 0 -%}
  {%- set columns = adapter.get_columns_in_relation(temp_relation) if is_empty else [] -%}
  {% if is_empty %}
    {% do run_query('insert into ' ~ temp_relation ~ ' values (' ~ (['null'] * (columns | length)) | join(', ') ~ ')') %}
  {% endif %}

  {% do write_to_file(temp_relation, location, write_options) %}

  {% call statement('main') -%}
    {%- if existing_relation is not none and not existing_relation.is_view %}
    {{ get_drop_sql(existing_relation) }};
    {%- endif %}
    create or replace view {{ target_relation }} as (
      select * from {{ duckdb__external_reader(format, adapter.external_read_location(location, options), options) }}
      {%- for column in columns %}
      {{ 'where' if loop.first else 'and' }} {{ adapter.quote(column.name) }} is not null
      {%- endfor %}
    );
  {%- endcall %}
  {% if existing_relation is not none and not existing_relation.is_view %}
    {% do adapter.cache_dropped(existing_relation) %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {% do adapter.commit() %}
  {% do adapter.drop_relation(temp_relation) %}

  {#- glue_register is the old spelling of plugin: glue -#}
  {%- set plugin_name = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register', default=false) else config.get('plugin') -%}
  {% if plugin_name is not none %}
    {% do store_relation(plugin_name, target_relation, location, format, config) %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}


{#- The format to read in: the config's, else what was written. -#}
{% macro duckdb__external_format(options) %}
  {%- set readable = ['csv', 'parquet', 'json'] -%}
  {%- set asked = config.get('format') -%}
  {%- if asked and asked not in readable -%}
    {%- do exceptions.raise_compiler_error('`format` is one of ' ~ readable | join(', ') ~ ', not ' ~ asked) -%}
  {%- endif -%}
  {%- set written = options['format'] | lower -%}
  {{ return(asked or (written if written in readable else 'parquet')) }}
{% endmacro %}


{#- The compression is repeated to the text readers, which guess it only from a lower-case file extension. -#}
{% macro duckdb__external_reader(format, location, options) -%}
  {%- set defaults = {'parquet': {'union_by_name': False}, 'json': {'auto_detect': True}, 'csv': {'auto_detect': True}} -%}
  {%- set read_options = dict(config.get(format ~ '_read_options', defaults[format])) -%}
  {%- if options.get('compression') and format != 'parquet' and 'compression' not in read_options -%}
    {%- do read_options.update({'compression': options['compression']}) -%}
  {%- endif -%}
  read_{{ format }}('{{ location }}'
  {%- for name, value in read_options.items() -%}
    , {{ name }}={{ "'" ~ value ~ "'" if value is string else value }}
  {%- endfor -%}
  )
{%- endmacro %}


{% macro location_exists(location) -%}
  {{ return(adapter.location_exists(location)) }}
{%- endmacro %}


{% macro write_to_file(relation, location, options) -%}
  {% call statement('write_to_file', auto_begin=False) -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall %}
{%- endmacro %}


{% macro store_relation(plugin, relation, location, format, config) -%}
  {% do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) %}
{%- endmacro %}


{#- `options` with each value rendered; the older `format` and `delimiter` of the model itself win over them. -#}
{% macro render_write_options(config) -%}
  {%- set given = config.get('options', {}) -%}
  {%- if given is not mapping -%}
    {%- do exceptions.raise_compiler_error('`options` of an external model is a mapping, not: ' ~ given) -%}
  {%- endif -%}
  {%- set options = {} -%}
  {%- for name, value in given.items() -%}
    {%- do options.update({name: render(value)}) -%}
  {%- endfor -%}
  {%- for name in ['format', 'delimiter'] if config.get(name) -%}
    {%- do options.update({name: render(config.get(name))}) -%}
  {%- endfor -%}
  {{ return(options) }}
{%- endmacro %}

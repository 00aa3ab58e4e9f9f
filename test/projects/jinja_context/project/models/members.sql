{{ config(materialized='table', meta={'a': {'b': [1, 2]}}, tags=['x', 'y'], custom_key='custom') }}
{% set lines = [
  ('target', target.name ~ ' ' ~ target.schema ~ ' ' ~ target.type ~ ' ' ~ target.threads ~ ' ' ~ target.profile_name ~ ' ' ~ target.database ~ ' ' ~ target.get('nothing', 'dflt')),
  ('this', this),
  ('this parts', this.database ~ ' ' ~ this.schema ~ ' ' ~ this.identifier ~ ' ' ~ this.name ~ ' ' ~ this.table ~ ' ' ~ this.type),
  ('this include', this.include(database=false) ~ ' ' ~ this.include(schema=false, database=false) ~ ' ' ~ this.quote(identifier=false) ~ ' ' ~ this.without_identifier()),
  ('this is', this.is_table ~ ' ' ~ this.is_view ~ ' ' ~ this.is_cte ~ ' ' ~ this.matches(schema='main')),
  ('incorporate', this.incorporate(path={'identifier': 'other'}, type='view') ~ ' ' ~ this.replace_path(identifier='third').identifier),
  ('ref', ref('limited') ~ ' ' ~ ref('limited').name ~ ' ' ~ ref('jinja_context', 'limited').schema),
  ('model', model.name ~ ' ' ~ model.unique_id ~ ' ' ~ model.package_name ~ ' ' ~ model.alias ~ ' ' ~ model.resource_type ~ ' ' ~ model.original_file_path ~ ' ' ~ model.path ~ ' ' ~ model.fqn | join('/')),
  ('model config', model.config.materialized ~ ' ' ~ model.config.meta ~ ' ' ~ model.config.tags ~ ' ' ~ model['config']['custom_key'] ~ ' ' ~ model.config.get('nope', 'n')),
  ('config', config.get('materialized') ~ ' ' ~ config.get('custom_key') ~ ' ' ~ config.get('nope') ~ ' ' ~ config.get('nope', 'dflt') ~ ' ' ~ config.require('tags')),
  ('names', project_name ~ ' ' ~ database ~ ' ' ~ schema ~ ' ' ~ builtins.keys() | list | sort | join(',')),
  ('var', var('list') ~ ' ' ~ var('text') ~ ' ' ~ var('given', 0) ~ ' ' ~ var('nope', none) ~ ' ' ~ var.has_var('list') ~ ' ' ~ var.has_var('nope')),
  ('env', env_var('NO_SUCH', 'dflt') ~ ' ' ~ (env_var('HOME') | length > 0) ~ ' ' ~ dbt_metadata_envs),
  ('flags', flags.FULL_REFRESH ~ ' ' ~ flags.STORE_FAILURES ~ ' ' ~ (flags.WHICH in ['run', 'compile', 'show'])),
  ('execute', execute),
  ('tojson', tojson({'b': 1, 'a': [true, none, 'ü', 1.5]}) ~ ' ' ~ tojson({'b': 1, 'a': 2}, sort_keys=true)),
  ('fromjson', fromjson('{"a": [1, {"b": null}]}') ~ ' ' ~ fromjson('{bad', 'dflt')),
  ('toyaml', toyaml({'a': [1, 'x'], 'b': {'c': true}}) | replace('\n', ';') ~ ' ' ~ fromyaml('a: [1, x]\nb: 2020-01-01').a),
  ('set', set([3, 1, 3]) | sort ~ ' ' ~ set_strict([1]) ~ ' ' ~ set('a') | list ~ ' ' ~ zip([1, 2], ['a', 'b']) | list ~ ' ' ~ zip_strict([1], [2]) | list),
  ('local_md5', local_md5('abc')),
  ('modules', modules.datetime.datetime(2024, 2, 29, 12, 30).strftime('%Y-%m-%d %H:%M') ~ ' ' ~ modules.datetime.date(2024, 1, 31) + modules.datetime.timedelta(days=1) if false else modules.datetime.datetime(2024, 2, 29).isoformat()),
  ('dates', (modules.datetime.date(2024, 3, 1) - modules.datetime.timedelta(days=1)) ~ ' ' ~ modules.datetime.datetime.strptime('2024-05-06', '%Y-%m-%d').weekday()),
  ('re', modules.re.sub('[aeiou]', '*', 'education') ~ ' ' ~ modules.re.match('(\\w)(\\d+)', 'x42').group(2) ~ ' ' ~ modules.re.findall('\\d', 'a1b2')),
  ('itertools', modules.itertools.product([1, 2], 'ab') | list),
  ('pytz', modules.pytz.timezone('Europe/Berlin') ~ ' ' ~ modules.pytz.utc),
  ('macros', returns_list() ~ ' ' ~ returns_list()[1] ~ ' [' ~ returns_text() ~ '] ' ~ with_args(1, 2, 3, c=4)),
  ('adapter', adapter.type() ~ ' ' ~ adapter.quote('a b') ~ ' ' ~ adapter.quote_as_configured('x', 'schema')),
  ('api', api.Relation.create(database='d', schema='s', identifier='i') ~ ' ' ~ api.Column('c', 'varchar').quoted ~ ' ' ~ api.Column.translate_type('string') ~ ' ' ~ api.Column('n', 'numeric', none, 10, 2).data_type ~ ' ' ~ api.Column('s', 'character varying', 20).data_type),
  ('types', [dbt.type_string(), dbt.type_int(), dbt.type_bigint(), dbt.type_float(), dbt.type_numeric(), dbt.type_boolean(), dbt.type_timestamp()] | join(', ')),
  ('filters', ('5' | as_number + 1 if false else '5' | int + 1) ~ ' ' ~ ('true' | as_bool) ~ ' ' ~ ('x' | as_text) ~ ' ' ~ [1, 2] | is_list),
  ('undefined', undefined_name is defined),
  ('print', print('printed') ~ diff_of_two_dicts({'a': ['x', 'y']}, {'a': ['Y']})),
  ('context', context.keys() | select('in', ['this', 'ref', 'adapter', 'model', 'graph', 'store_result', 'show_value']) | list | sort),
  ('thread', thread_id | length > 0),
  ('run_started_at', (run_started_at.strftime('%Y') | int > 2020) ~ ' ' ~ run_started_at.tzinfo ~ ' ' ~ (invocation_id | length) ~ ' ' ~ (dbt_version.split('.') | first | int > 0)),
] %}
select * from (values
{%- for name, value in lines %}
  ({{ loop.index }}, '{{ name }}', '{{ value | string | replace("'", "''") }}'){{ "," if not loop.last }}
{%- endfor %}
) as t(position, name, value)
-- {% call with_caller() %}called{% endcall %}

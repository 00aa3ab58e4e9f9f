{#
  A table as it was: `from {{ as_of(ref('visits'), version=123) }} as v`, or `timestamp='2026-01-01 08:00:00 +01:00'`.
  A version is a snapshot's id, which is longer than YAML's and JSON's numbers: vars hold it as a text. A moment without
  a zone is UTC whatever the session's zone is, so that the rows do not depend on where a run happens.
#}
{% macro as_of(relation, version=none, timestamp=none) %}
  {%- if not execute -%}
    {{ return(relation) }}
  {%- endif -%}
  {%- if (version is none) == (timestamp is none) -%}
    {%- do exceptions.raise_compiler_error('as_of(' ~ relation ~ ') needs either a version or a timestamp' ~ (', not both' if version is not none)) -%}
  {%- endif -%}
  {%- if relation is not mapping -%}
    {%- do exceptions.raise_compiler_error('as_of() needs a relation, as ref() and source() give it; it got: ' ~ relation) -%}
  {%- endif -%}
  {%- if relation.is_cte -%}
    {%- do exceptions.raise_compiler_error('as_of(' ~ relation ~ '): an ephemeral model has no past') -%}
  {%- endif -%}
  {%- set macro = adapter.dispatch('as_of', 'dbt') -%}
  {%- set sql = macro(relation, as_of_version(version) if version is not none else none, as_of_timestamp(timestamp) if timestamp is not none else none) -%}
  {#- --empty reads no rows of the past either. -#}
  {{ return('(select * from ' ~ sql ~ ' where false limit 0)' if relation.limit == 0 else sql) }}
{% endmacro %}


{% macro default__as_of(relation, version, timestamp) %}
  {%- do exceptions.raise_not_implemented('as_of(): ' ~ adapter.type() ~ ' has no tables of the past') -%}
{% endmacro %}


{#- A number as it stands, a name (of a branch or tag) as a SQL text. -#}
{% macro as_of_version(version) %}
  {%- set text = version | string | trim -%}
  {%- if version is boolean or version is float or not text -%}
    {%- do exceptions.raise_compiler_error("as_of: the version must be a snapshot's id or the name of a branch or tag; it is: " ~ text) -%}
  {%- endif -%}
  {{ return(text if modules.re.match('^\\d+$', text) else "'" ~ text | replace("'", "''") ~ "'") }}
{% endmacro %}


{#- `2026-01-01`, `2026-01-01 08:00`, ISO texts and datetimes; an offset, `Z` or a zone's name may follow. -#}
{% macro as_of_timestamp(timestamp) %}
  {%- set text = timestamp | string | trim -%}
  {%- set found = modules.re.match('^(\\d{4}-\\d\\d-\\d\\d)(?:[ T](\\d\\d:\\d\\d)(:\\d\\d(?:\\.\\d+)?)?)? *(Z|[+-]\\d\\d:\\d\\d|[A-Za-z]+(?:/[A-Za-z_+-]+)*)?$', text) -%}
  {%- if not found -%}
    {%- do exceptions.raise_compiler_error("as_of: '" ~ text ~ "' is no moment; write it as '2026-01-01 08:00:00', with an offset or zone after it if it is not UTC") -%}
  {%- endif -%}
  {%- set zone = found.group(4) or 'UTC' -%}
  {{ return(found.group(1) ~ ' ' ~ (found.group(2) or '00:00') ~ (found.group(3) or ':00') ~ ' ' ~ ('UTC' if zone == 'Z' else zone)) }}
{% endmacro %}

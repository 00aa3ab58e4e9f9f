{% macro shout(text) %}{{ return(adapter.dispatch('shout', 'toolbox')(text)) }}{% endmacro %}
{% macro default__shout(text) %}upper({{ text }}){% endmacro %}

{% macro whisper(text) %}{{ adapter.dispatch('whisper', macro_namespace='toolbox')(text) }}{% endmacro %}
{% macro default__whisper(text) %}lower({{ text }}){% endmacro %}
{% macro duckdb__whisper(text) %}'(' || lower({{ text }}) || ')'{% endmacro %}

{% macro which() %}toolbox{% endmacro %}
{% macro ask_which() %}{{ which() }}{% endmacro %}
{% macro size() %}{{ return(var('size', 5) * 2) }}{% endmacro %}
{% macro kit_name() %}{{ ref('kit').identifier }}{{ var('flavour', '-no flavour here') }}{% endmacro %}

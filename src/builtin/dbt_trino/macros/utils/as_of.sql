{% macro trino__as_of(relation, version, timestamp) %}
  {{ return(relation.render() ~ ' for ' ~ ('version as of ' ~ version if version is not none else "timestamp as of timestamp '" ~ timestamp ~ "'")) }}
{% endmacro %}

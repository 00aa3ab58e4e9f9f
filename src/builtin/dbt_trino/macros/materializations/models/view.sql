{% materialization view, adapter='trino' %}
  {% set result = create_or_replace_view() %}
  {% do persist_docs(this.incorporate(type='view'), model) %}
  {% do return(result) %}
{% endmaterialization %}

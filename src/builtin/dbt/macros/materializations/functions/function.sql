{#- A user-defined function as a node. Which macro writes it depends on kind and language (scalar_function_sql, …). -#}
{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] %}
  {% set existing_relation = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type=this.Function) %}
  {{ run_hooks(pre_hooks) }}
  {#- under another name, so that the parser does not take the dynamic call for a static dispatch -#}
  {% set find_macro = adapter.dispatch %}
  {% set build_sql = find_macro(this.get_function_macro_name(this.get_function_config(model)), 'dbt')(target_relation) %}
  {{ function_execute_build_sql(build_sql, existing_relation, target_relation) }}
  {{ run_hooks(post_hooks) }}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}

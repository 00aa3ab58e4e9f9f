{% materialization table, adapter='trino' %}
  {%- set on_table_exists = trino__on_table_exists(['rename', 'drop', 'replace', 'skip']) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {% do trino__heal(target_relation) %}

  {{ run_hooks(pre_hooks) }}

  {%- set existing_relation = load_cached_relation(this) -%}
  {% do on_table_exists_logic(
      on_table_exists,
      existing_relation,
      make_intermediate_relation(target_relation),
      make_backup_relation(target_relation, existing_relation.type if existing_relation else 'table'),
      target_relation
  ) %}
  {% do persist_docs(target_relation, model) %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}

  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

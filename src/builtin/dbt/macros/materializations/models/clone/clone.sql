{#
  `dbt clone`: a true clone where the engine has one and the other relation is a table,
  else a view that selects from it (the node's `sql` is that select).
#}
{% materialization clone, default %}
  {%- set nothing = {'relations': []} -%}

  {% if not defer_relation %}
    {% do log('No relation found in state manifest for ' ~ model.unique_id, info=True) %}
    {% do return(nothing) %}
  {% endif %}

  {%- set existing_relation = load_cached_relation(this) -%}
  {% if existing_relation and not flags.FULL_REFRESH %}
    {% do log('Relation ' ~ existing_relation ~ ' already exists', info=True) %}
    {% do return(nothing) %}
  {% endif %}

  {%- set other_relation = load_cached_relation(defer_relation) -%}
  {% if not (other_relation and other_relation.type == 'table' and can_clone_table()) %}
    {% set view_macro = 'materialization_view_' ~ adapter.type() %}
    {% do return(context[view_macro if view_macro in context else 'materialization_view_default']()) %}
  {% endif %}

  {%- set target_relation = this.incorporate(type='table') -%}
  {% if existing_relation is not none and not existing_relation.is_table %}
    {% do log('Dropping relation ' ~ existing_relation.render() ~ ' because it is of type ' ~ existing_relation.type) %}
    {% do drop_relation_if_exists(existing_relation) %}
  {% endif %}

  {% if target_relation.render() == defer_relation.render() %}
    {% do log('Target relation and defer relation are the same, skipping clone for relation: ' ~ target_relation.render()) %}
  {% else %}
    {% call statement('main') %}
      {{ create_or_replace_clone(target_relation, defer_relation) }}
    {% endcall %}
  {% endif %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}

{#
  `dbt clone`: a real clone where the engine can and the source is a table; in all other
  cases a view on the source (the node's `sql` selects from it).
#}
{% materialization clone, default %}
  {%- set nothing = {'relations': []} -%}

  {% if not defer_relation %}
    {% do log('The state has nothing to clone for ' ~ model.unique_id, info=True) %}
    {% do return(nothing) %}
  {% endif %}

  {%- set existing_relation = load_cached_relation(this) -%}
  {% if existing_relation and not flags.FULL_REFRESH %}
    {% do log(existing_relation ~ ' exists and is left as it is', info=True) %}
    {% do return(nothing) %}
  {% endif %}

  {%- set target_relation = this.incorporate(type='table') -%}
  {#- A view of itself would take the place of the rows. -#}
  {% if target_relation.render() == defer_relation.render() %}
    {% do log('Target relation and defer relation are the same, skipping clone for relation: ' ~ target_relation.render()) %}
    {% do return(nothing) %}
  {% endif %}

  {%- set other_relation = load_cached_relation(defer_relation) -%}
  {% if not (other_relation and other_relation.type == 'table' and can_clone_table()) %}
    {% set view_macro = 'materialization_view_' ~ adapter.type() %}
    {% do return(context[view_macro if view_macro in context else 'materialization_view_default']()) %}
  {% endif %}

  {% if existing_relation is not none and not existing_relation.is_table %}
    {% do log(existing_relation.render() ~ ' is a ' ~ existing_relation.type ~ ' and makes room for the clone') %}
    {% do drop_relation_if_exists(existing_relation) %}
  {% endif %}

  {% call statement('main') %}
    {{ create_or_replace_clone(target_relation, defer_relation) }}
  {% endcall %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}

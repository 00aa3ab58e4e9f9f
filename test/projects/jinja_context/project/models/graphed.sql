{{ config(materialized='table') }}
-- depends_on: {{ ref('members') }}
{% set names = [] %}
{% if execute %}
{% for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') %}
  {% do names.append(node.name ~ ':' ~ node.config.materialized ~ ':' ~ node.depends_on.nodes | length) %}
{% endfor %}
{% endif %}
select '{{ names | join(" ") }}' as models, '{{ selected_resources | sort | join(" ") }}' as selected, {{ (graph.sources | length) if execute else 0 }} as sources

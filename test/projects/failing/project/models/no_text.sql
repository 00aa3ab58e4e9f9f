{% if false %}select 1 as id{% endif %}

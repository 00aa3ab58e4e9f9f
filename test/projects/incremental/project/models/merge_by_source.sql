{{ config(
    incremental_strategy='merge',
    unique_key='id',
    merge_clauses={
        'when_matched': [{'action': 'update', 'mode': 'star'}],
        'when_not_matched': [{'action': 'insert', 'mode': 'by_name'}, {'action': 'update', 'by': 'source', 'set_expressions': {'note': "'gone'"}}]
    }
) }}
{{ events() }} {% if is_incremental() %} where id <> 1 {% endif %}

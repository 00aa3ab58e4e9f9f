{{ config(
    incremental_strategy='merge',
    unique_key='id',
    merge_clauses={
        'when_matched': [
            {'action': 'delete', 'condition': "DBT_INTERNAL_SOURCE.kind = 'c'"},
            {'action': 'update', 'mode': 'explicit', 'condition': ["DBT_INTERNAL_SOURCE.amount > 1000", "true"],
             'update': {'include': ['amount', 'note'], 'set_expressions': {'note': "'merged'"}}},
            {'action': 'do_nothing'}
        ],
        'when_not_matched': [
            {'action': 'insert', 'mode': 'explicit', 'condition': "DBT_INTERNAL_SOURCE.kind = 'b'",
             'insert': {'columns': ['id', 'kind'], 'values': ['DBT_INTERNAL_SOURCE.id', "'new b'"]}},
            {'action': 'insert', 'mode': 'star'}
        ]
    }
) }}
{{ events() }}

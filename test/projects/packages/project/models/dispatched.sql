{{ config(tags=['known' if 'no_such_name' in context else 'unknown', context.get('no_such_name', 'fallback')]) }}
select {{ newest() }} as newest

select * from {{ ref('from_source') }} where id < 100
union all
select id, taken_at from {{ ref('daily').render() }}

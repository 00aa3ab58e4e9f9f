select i.id, p.name from {{ ref('people') }} p join {{ ref('ids') }} i using (id)

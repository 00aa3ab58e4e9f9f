select p.id, p.name from {{ ref('people') }} p

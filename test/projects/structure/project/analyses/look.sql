select * from {{ ref('people') }} where {{ target.type == 'duckdb' }}

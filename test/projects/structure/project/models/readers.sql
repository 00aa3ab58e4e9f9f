select
  (select count(*) from {{ ref('people') }}) as latest,
  (select count(*) from {{ ref('people', v=1) }}) as first,
  (select count(*) from {{ ref('people', version=2) }}) as second,
  (select count(*) from {{ ref('structure', 'people', v=3) }}) as third,
  '{{ ref("people").identifier }} {{ ref("people", v=3).identifier }} {{ ref("people", v=1) }}' as names

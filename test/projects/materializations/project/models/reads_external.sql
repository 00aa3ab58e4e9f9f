{{ config(materialized='table') }}
select csv.id, csv.word, parquet.list, json.word as json_word
from {{ ref('external_csv') }} as csv
full join {{ ref('external_parquet') }} as parquet using (id)
full join {{ ref('external_json') }} as json using (id)

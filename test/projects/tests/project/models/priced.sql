{% if var('currency', 'eur') == 'eur' %}{% set factor = 1 %}{% else %}{% set factor = 1.1 %}{% endif %}
select id, name, price * {{ factor }} as price, {{ today() }} as today, '{{ env_var("NO_SUCH", "none") }}' as env,
  {{ is_incremental() }} as is_inc
from {{ ref('numbers') }} join {{ source('outside', 'allowed') }} using (id)

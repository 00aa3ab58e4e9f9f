select
  {{ toolbox.shout("'a'") }} as shouted,
  {{ toolbox.whisper("'A'") }} as whispered,
  {{ dbt.hash("'x'") }} as hashed,
  {{ hash("'x'") }} as hashed_too,
  '{{ which() }} {{ toolbox.which() }} {{ packages.which() }} {{ toolbox.ask_which() }}' as which,
  {{ toolbox.size() }} as size,
  '{{ toolbox.kit_name() }}' as kit_name,
  {{ dbt.concat(["'a'", "'b'"]) }} as concatenated
from {{ ref('toolbox', 'kit') }}

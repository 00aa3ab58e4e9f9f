{% if execute and var('fail_compile', false) %}{{ exceptions.raise_compiler_error('no') }}{% endif %} select 1 as id

select {{ dbt.macro_of_another_version('id') }} as id, {{ {}.missing('a').more }} as more

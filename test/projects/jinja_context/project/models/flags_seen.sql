select '{{ flags.FULL_REFRESH }} {{ should_full_refresh() }} {{ var("given", 0) }}' as seen

-- a comment first; and a semicolon at the end is not wanted
select 1 as id, 'with' as word

{{ config(post_hook=before_begin("insert into main.log values ('before_begin helper')")) }}
select '{{ env_var("GREETING") }}' as greeting, '{{ env_var("NO_SUCH", "unset") }}' as no_such

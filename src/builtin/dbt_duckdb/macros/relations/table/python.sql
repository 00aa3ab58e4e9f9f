{#-
  A Python model with the function that makes a table of what it gives. It runs beside the database, on a database of
  the same name; the tables that it makes there are then made here. So it knows no layout of a DuckLake: whoever asks
  for one takes the rows from a temporary table (duckdb__build_relation).
-#}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{%- set table = relation.include(database=(not temporary), schema=(not temporary)) -%}
{{ compiled_code }}


def materialize(df, con):
    try:
        # DuckDB takes a pyarrow table only where this module is loaded.
        import pyarrow.dataset
    except ImportError:
        pass
    rows = '__dbt_python_model_df_' + '{{ relation.identifier }}'
    con.register(rows, df)
    con.execute('create {{ "temporary " if temporary }}table {{ table }} as select * from "' + rows + '"')
    con.unregister(rows)
{% endmacro %}

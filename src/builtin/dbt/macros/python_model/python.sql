{#
  What stands behind a Python model's text: the functions and classes that its `dbt` object is made of. Names and what
  they give are dbt's, for whoever runs the module: `dbtObj(load).ref("orders")` loads the relation that orders is.
#}
{% macro py_script_postfix(model) %}
# The model ends here.
# COMMAND ----------
# What follows is made by the program, and changed with the project only.

{{ build_ref_function(model) }}
{{ build_source_function(model) }}
{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)


class this:
    """What the model becomes: dbt.this, dbt.this.identifier."""
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"

    def __repr__(self):
        return '{{ resolve_model_name(this) }}'


class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *names: source(*names, dbt_load_df_function=load_df_function)
        self.ref = lambda *names, **which: ref(*names, **which, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

# COMMAND ----------
{{ py_script_comment() }}
{% endmacro %}


{#- For projects that want to say more. -#}
{% macro py_script_comment() %}
{% endmacro %}


{% macro resolve_model_name(input_model_name) %}
  {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{% endmacro %}

{% macro default__resolve_model_name(input_model_name) -%}
  {{ input_model_name | string | replace('"', '\"') }}
{%- endmacro %}


{#- A project's own `ref` may give a text. Of a relation the bare name is taken: --empty and --sample do not reach Python. -#}
{% macro build_ref_function(model) %}
  {%- set relations = {} -%}
  {%- for wanted in model.refs -%}
    {%- set names = ([wanted['package']] if wanted.get('package') else []) + [wanted['name']] -%}
    {%- set found = ref(*names, v=wanted.get('version')) -%}
    {%- if found.render is defined and found.render is callable -%}
      {%- set found = found.render() -%}
    {%- endif -%}
    {%- if wanted.get('version') -%}
      {%- do names.append('v' ~ wanted['version']) -%}
    {%- endif -%}
    {%- do relations.update({names | join('.'): resolve_model_name(found)}) -%}
  {%- endfor %}

def ref(*names, dbt_load_df_function=None, v=None, version=None):
    refs = {{ relations | tojson }}
    key = ".".join(names)
    if v or version:
        key += f".v{v or version}"
    return dbt_load_df_function(refs[key])

{% endmacro %}


{% macro build_source_function(model) %}
  {%- set relations = {} -%}
  {%- for names in model.sources -%}
    {%- do relations.update({names | join('.'): resolve_model_name(source(*names))}) -%}
  {%- endfor %}

def source(*names, dbt_load_df_function):
    sources = {{ relations | tojson }}
    return dbt_load_df_function(sources[".".join(names)])

{% endmacro %}


{% macro build_config_dict(model) %}
  {%- set values = {} -%}
  {%- for key, default in zip(model.config.config_keys_used or [], model.config.config_keys_defaults or []) -%}
    {%- do values.update({key: model.config.get(key, default)}) -%}
  {%- endfor -%}
  {%- set meta = {} -%}
  {%- for key, default in zip(model.config.meta_keys_used or [], model.config.meta_keys_defaults or []) -%}
    {%- do meta.update({key: (model.config.meta or {}).get(key, default)}) -%}
  {%- endfor -%}
config_dict = {{ values }}
meta_dict = {{ meta }}
{% endmacro %}

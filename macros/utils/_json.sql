{#-
  A text as JSON that is safe inside a comment of an SQL statement, whatever the data holds: nothing in it can end the
  comment or open another one, and no splitter of statements, parameter style or Jinja finds anything to act on.
  A long text is cut; the ellipsis says so.
-#}
{% macro _json_text(value) %}
    {%- if value is none -%}
        {{ return('null') }}
    {%- endif -%}
    {%- set text = value | string -%}
    {%- set json = tojson(text[:200] ~ ('…' if text | length > 200 else ''))[1:-1] -%}
    {#- First, so that the backslashes of the others stay. -#}
    {%- set json = json.replace('\\\\', '\\u005c').replace('\\"', '\\u0022') -%}
    {%- set json = json.replace('*', '\\u002a').replace('/', '\\u002f').replace("'", '\\u0027').replace(';', '\\u003b') -%}
    {%- set json = json.replace('{', '\\u007b').replace('}', '\\u007d').replace('?', '\\u003f').replace('%', '\\u0025') -%}
    {%- set json = json.replace('#', '\\u0023').replace('`', '\\u0060').replace('$', '\\u0024').replace('\x7f', '\\u007f') -%}
    {{ return('"' ~ json ~ '"') }}
{% endmacro %}


{#- A number as the warehouse wrote it, digit by digit; the noise of floating point is rounded off. -#}
{% macro _json_number(value) %}
    {%- set text = value | string -%}
    {%- if modules.re.match('^-?[0-9]+([.][0-9]{1,6})?$', text) -%}
        {{ return(text) }}
    {%- elif modules.re.match('^-?[0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?$', text) -%}
        {{ return((text | float | round(6)) | string) }}
    {%- endif -%}
    {{ return('null') }}
{% endmacro %}

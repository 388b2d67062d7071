{#- A value as people write it in YAML, for sentences about bad arguments. -#}
{% macro _shown(value) -%}
    {{ return('missing' if value is not defined or value is none else tojson(value, value | string)) }}
{%- endmacro %}

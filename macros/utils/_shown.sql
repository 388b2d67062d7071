{#- A value as people write it in YAML, for sentences about bad arguments. Dates, which YAML makes of 2025-03-09, are no JSON. -#}
{% macro _shown(value) -%}
    {%- if value is not defined or value is none -%}
        {{ return('missing') }}
    {%- elif value is string or value is number or value is mapping or value is sequence -%}
        {{ return(tojson(value, value | string)) }}
    {%- endif -%}
    {{ return(value | string) }}
{%- endmacro %}

{#- Whether two types, in the warehouse's own words, are the same; without `exactly` the precision does not matter. -#}
{% macro _is_of_type(type, expected, exactly=false) %}
    {%- if exactly -%}
        {{ return(type | lower == expected | lower) }}
    {%- endif -%}
    {{ return((type | lower).split('(')[0] == (expected | lower).split('(')[0]) }}
{% endmacro %}

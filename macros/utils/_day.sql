{#- The calendar day of a timestamp. -#}
{% macro _day(timestamp) -%}
    cast({{ timestamp }} as date)
{%- endmacro %}

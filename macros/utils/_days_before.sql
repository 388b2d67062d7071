{#- A day some days before (or, with a negative number, after) another one, which is SQL. -#}
{% macro _days_before(day, days) -%}
    cast({{ dbt.dateadd('day', -days, day) }} as date)
{%- endmacro %}

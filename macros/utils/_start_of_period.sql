{#- The first day of the day, week or month that a day, which is SQL, belongs to. -#}
{% macro _start_of_period(day, period) -%}
    {{ day if period == 'day' else 'cast(' ~ dbt.date_trunc(period, day) ~ ' as date)' }}
{%- endmacro %}

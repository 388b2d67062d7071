{#-
  A select of every closed day, as `calendar_day`: the last `look_back` of them, or without it all since `first_day`, which
  is SQL for a day, at most some 27 years. For days that have no rows and would otherwise not be there to fail.
-#}
{% macro _calendar(first_day, look_back, timezone=none) -%}
    {%- set today = dq_report._today(timezone) -%}
    {%- set digits = 4 if look_back is none else (look_back | string) | length -%}
    select cast({{ dbt.dateadd('day', '-days_ago', today) }} as date) as calendar_day
    from (
        select 1 {% for place in range(digits) %} + {{ 10 ** place }} * digit_{{ place }}.digit{% endfor %} as days_ago
        from
            {%- for place in range(digits) %}
            (
                {%- for digit in range(10) -%}
                    select {{ digit }} as digit{{ ' union all ' if not loop.last }}
                {%- endfor -%}
            ) as digit_{{ place }}{{ ' cross join ' if not loop.last }}
            {%- endfor %}
    ) as numbers
    where
        {%- if look_back is none %}
        cast({{ dbt.dateadd('day', '-days_ago', today) }} as date) >= {{ first_day }}
        {%- else %}
        days_ago <= {{ look_back }}
        {%- endif %}
{%- endmacro %}

{#-
  A select of closed days with what was counted of them; days without rows are there too, with zeros, so they can fail.

  counted   a CTE of closed days (`dq_report_day`), and of rows without a day if they matter, one row for each day and segment
  counts    its columns that are 0 on a day without rows
  segments  its other columns: each segment that is there has all the days
  at_least  so many of the last days are there in any case, so an empty table has days that fail

  Days are the last `look_back` ones, or without it all since the first one of `counted`.
-#}
{% macro _every_closed_day(counted, counts, segments=[], look_back=none, timezone=none, at_least=1) -%}
    {%- set latest_start = dq_report._days_before(dq_report._today(timezone), at_least) -%}
    {%- set first_day = '(select case when min(dq_report_day) < ' ~ latest_start ~ ' then min(dq_report_day) else '
        ~ latest_start ~ ' end from ' ~ counted ~ ')' -%}
    select
        dq_report_day,
        {%- for segment in segments %}
        {{ segment }},
        {%- endfor %}
        {%- for count in counts %}
        max({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            dq_report_day,
            {%- for column in segments + counts %}
            {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ counted }}

        union all

        select
            dq_report_calendar.calendar_day as dq_report_day,
            {%- for segment in segments %}
            dq_report_segments.{{ segment }},
            {%- endfor %}
            {%- for count in counts %}
            0 as {{ count }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select 1 as dq_report_one, calendar_day
            from (
                {{ dq_report._calendar(first_day, look_back, timezone) }}
            ) as dq_report_calendar_days
        ) as dq_report_calendar
        {%- if segments %}
        {#- All with all, by a left join, which keeps the days when there is no segment at all. #}
        left join (
            select 1 as dq_report_one, {{ segments | join(', ') }}
            from {{ counted }}
            where dq_report_day is not null
            group by {{ segments | join(', ') }}
        ) as dq_report_segments
            on dq_report_calendar.dq_report_one = dq_report_segments.dq_report_one
        {%- endif %}
    ) as dq_report_given
    group by dq_report_day{% for segment in segments %}, {{ segment }}{% endfor %}
{%- endmacro %}

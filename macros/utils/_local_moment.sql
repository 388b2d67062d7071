{#-
  A timestamp as the clocks of a time zone show it, to be compared with `_moment_of`. UTC takes it as the warehouse writes
  it, as `_day` does.
-#}
{% macro _local_moment(timestamp, timezone=none) -%}
    {%- set zone = timezone or dq_report._settings().timezone -%}
    cast({{ timestamp if zone == 'UTC' else dq_report._local_time(timestamp, zone) }} as {{ dbt.type_timestamp() }})
{%- endmacro %}


{#- The moment some minutes after a day began, as clocks show it. -#}
{% macro _moment_of(day, minutes) -%}
    cast({{ dbt.dateadd('minute', minutes, 'cast(' ~ day ~ ' as ' ~ dbt.type_timestamp() ~ ')') }} as {{ dbt.type_timestamp() }})
{%- endmacro %}

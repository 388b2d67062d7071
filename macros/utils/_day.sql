{#-
  The calendar day of a timestamp, in a time zone: the one given, or else that of the project's settings.
  UTC takes the day as the warehouse writes it, since converting every row costs more than all the rest of a test.
-#}
{% macro _day(timestamp, timezone=none) -%}
    {%- set zone = timezone or dq_report._settings().timezone -%}
    cast({{ timestamp if zone == 'UTC' else dq_report._local_time(timestamp, zone) }} as date)
{%- endmacro %}

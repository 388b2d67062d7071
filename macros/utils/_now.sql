{#-
  The moment that counts as now, as the text of a timestamp in UTC: when this run of dbt began, or `as_of` of the
  project's settings. A literal, so that every query of a run means the same moment and a warehouse can skip partitions.
-#}
{% macro _now() -%}
    {%- set as_of = dq_report._settings().as_of -%}
    {%- if as_of is none -%}
        {{ return(run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
    {%- endif -%}
    {{ return(as_of if as_of | length > 10 else as_of ~ ' 00:00:00') }}
{%- endmacro %}


{#- The calendar day of now in a time zone. Days before it are closed. -#}
{% macro _today(timezone=none) -%}
    {%- set zone = timezone or dq_report._settings().timezone -%}
    {%- set now = dq_report._now() -%}
    {%- if zone == 'UTC' -%}
        cast('{{ now[:10] }}' as date)
    {%- else -%}
        {{ dq_report._day("cast('" ~ now ~ "' as " ~ dbt.type_timestamp() ~ ')', zone) }}
    {%- endif -%}
{%- endmacro %}


{#- A day some days before (or, with a negative number, after) another one, which is SQL. -#}
{% macro _days_before(day, days) -%}
    cast({{ dbt.dateadd('day', -days, day) }} as date)
{%- endmacro %}


{#-
  The condition on which a row belongs to the last `look_back` closed days or to today; true for all rows without
  `look_back`. Rows without a timestamp belong to it, so they cannot hide; never with `known_only`.
  The first bound is a literal, two days earlier than it need be in any time zone: warehouses skip partitions by it.
-#}
{% macro _is_recent(timestamp, look_back, timezone=none, known_only=false) -%}
    {%- if look_back is none -%}
        {{ return(timestamp ~ ' is not null' if known_only else '1 = 1') }}
    {%- endif -%}
    {%- set first_day = dq_report._days_before(dq_report._today(timezone), look_back) -%}
    {%- set is_recent -%}
        {{ timestamp }} >= '{{ dq_report._earlier_date(dq_report._now()[:10], look_back + 2) }}'
        and {{ dq_report._day(timestamp, timezone) }} >= {{ first_day }}
    {%- endset -%}
    {{ return(is_recent if known_only else '(' ~ timestamp ~ ' is null or (' ~ is_recent ~ '))') }}
{%- endmacro %}

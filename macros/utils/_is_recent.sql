{#-
  The condition on which a row belongs to the last `look_back` closed days or to today, and not to later days, which a run
  `as_of` an earlier moment could not know; true for all rows without `look_back`. Rows without a timestamp belong to it,
  so they cannot hide; never with `known_only`.
  The first bounds are literals, wide enough for any time zone and any session: warehouses skip partitions by them.
-#}
{% macro _is_recent(timestamp, look_back, timezone=none, known_only=false) -%}
    {%- if look_back is none -%}
        {{ return(timestamp ~ ' is not null' if known_only else '1 = 1') }}
    {%- endif -%}
    {%- set first_day = dq_report._days_before(dq_report._today(timezone), look_back) -%}
    {%- set is_recent -%}
        {{ timestamp }} >= {{ dq_report._bound(dq_report._earlier_date(dq_report._now()[:10], look_back + 2)) }}
        and {{ timestamp }} < {{ dq_report._bound(dq_report._earlier_date(dq_report._now()[:10], -3)) }}
        and {{ dq_report._day(timestamp, timezone) }} between {{ first_day }} and {{ dq_report._today(timezone) }}
    {%- endset -%}
    {{ return(is_recent if known_only else '(' ~ timestamp ~ ' is null or (' ~ is_recent ~ '))') }}
{%- endmacro %}


{#- A date to compare timestamps and dates with. With a type, so that a text that is no date cannot pass as an old one. -#}
{% macro _bound(date) -%}
    {{ return(adapter.dispatch('_bound', 'dq_report')(date)) }}
{%- endmacro %}

{% macro default___bound(date) -%}
    cast('{{ date }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{#- BigQuery compares no TIMESTAMP with a DATETIME, and takes a literal for either. -#}
{% macro bigquery___bound(date) -%}
    '{{ date }}'
{%- endmacro %}

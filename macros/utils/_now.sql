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

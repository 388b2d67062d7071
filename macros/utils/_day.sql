{#- The calendar day of a timestamp, in the time zone of the project's settings. -#}
{% macro _day(timestamp) -%}
    {%- set timezone = dq_report._settings().timezone -%}
    cast({{ timestamp if timezone == 'UTC' else adapter.dispatch('_local_time', 'dq_report')(timestamp, timezone) }} as date)
{%- endmacro %}

{#- Timestamps without a zone are UTC. The epoch of both kinds means the same. -#}
{% macro default___local_time(timestamp, timezone) -%}
    timezone('{{ timezone }}', to_timestamp(extract(epoch from {{ timestamp }})))
{%- endmacro %}


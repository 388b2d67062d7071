{#- A timestamp as the clocks of a time zone show it. Timestamps without a zone are UTC. -#}
{% macro _local_time(timestamp, timezone) -%}
    {{ return(adapter.dispatch('_local_time', 'dq_report')(timestamp, timezone)) }}
{%- endmacro %}

{#- The epoch of timestamps with and without a zone means the same. -#}
{% macro default___local_time(timestamp, timezone) -%}
    timezone('{{ timezone }}', to_timestamp(extract(epoch from {{ timestamp }})))
{%- endmacro %}

{% macro snowflake___local_time(timestamp, timezone) -%}
    convert_timezone(
        'UTC',
        '{{ timezone }}',
        dateadd(millisecond, date_part(epoch_millisecond, {{ timestamp }}), cast('1970-01-01' as timestamp_ntz))
    )
{%- endmacro %}

{% macro bigquery___local_time(timestamp, timezone) -%}
    datetime(timestamp({{ timestamp }}), '{{ timezone }}')
{%- endmacro %}

{% macro redshift___local_time(timestamp, timezone) -%}
    convert_timezone('UTC', '{{ timezone }}', {{ timestamp }})
{%- endmacro %}

{% macro spark___local_time(timestamp, timezone) -%}
    from_utc_timestamp({{ timestamp }}, '{{ timezone }}')
{%- endmacro %}

{#- A piece of text as an SQL literal, its quotes and backslashes escaped for this warehouse. -#}
{% macro _literal(text) -%}
    {{ return(adapter.dispatch('_literal', 'dq_report')(text | string)) }}
{%- endmacro %}

{% macro default___literal(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}

{% macro snowflake___literal(text) -%}
    {{ dq_report.default___literal(text.replace('\\', '\\\\')) }}
{%- endmacro %}

{% macro bigquery___literal(text) -%}
    {{ dq_report.snowflake___literal(text) }}
{%- endmacro %}

{% macro redshift___literal(text) -%}
    {{ dq_report.snowflake___literal(text) }}
{%- endmacro %}

{% macro spark___literal(text) -%}
    {{ dq_report.snowflake___literal(text) }}
{%- endmacro %}

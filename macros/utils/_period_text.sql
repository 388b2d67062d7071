{#- How a detail begins: `2025-03-09: `, or with segments `2025-03-09 (DE, app): `. NULL without a period. -#}
{% macro _period_text(period, segments) -%}
    {%- set parts = ['cast(' ~ period ~ ' as ' ~ dbt.type_string() ~ ')'] -%}
    {%- for segment in segments -%}
        {%- do parts.append("' ('" if loop.first else "', '") -%}
        {%- do parts.append('coalesce(cast(' ~ segment ~ ' as ' ~ dbt.type_string() ~ "), 'NULL')") -%}
    {%- endfor -%}
    {%- do parts.append("'): '" if segments else "': '") -%}
    {{ dbt.concat(parts) }}
{%- endmacro %}

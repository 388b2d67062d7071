{#- A piece of text as an SQL literal, its quotes escaped for this warehouse. -#}
{% macro _literal(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text | string)) }}
{%- endmacro %}

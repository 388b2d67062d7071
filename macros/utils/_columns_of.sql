{#- The columns of a query as the warehouse has them now: each with `name` and `type`. Reads no rows. -#}
{% macro _columns_of(query) %}
    {{ return(adapter.dispatch('_columns_of', 'dq_report')(query)) }}
{% endmacro %}

{% macro default___columns_of(query) %}
    {%- set columns = [] -%}
    {%- for column in adapter.get_column_schema_from_query(query) -%}
        {%- do columns.append({'name': column.name, 'type': column.dtype}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{#- dbt-duckdb would name the fields of a struct instead of the struct. -#}
{% macro duckdb___columns_of(query) %}
    {%- set columns = [] -%}
    {%- for row in run_query('describe ' ~ query).rows -%}
        {%- do columns.append({'name': row[0], 'type': row[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

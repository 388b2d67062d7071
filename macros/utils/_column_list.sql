{#- One column or a list of them, as a list. Stops compilation for anything else. -#}
{% macro _column_list(columns, test_name, argument, allow_empty=false) %}
    {%- set list = [columns] if columns is string else (columns or []) -%}
    {%- do dq_report._require(
        list is sequence and list is not mapping,
        test_name,
        '`' ~ argument ~ '` must be a column or a list of columns, but it is ' ~ dq_report._shown(columns) ~ '.'
    ) -%}
    {%- do dq_report._require(
        list | length > 0 or allow_empty, test_name, '`' ~ argument ~ '` must name at least one column.'
    ) -%}
    {%- for column in list -%}
        {%- do dq_report._require_text(column, test_name, argument) -%}
    {%- endfor -%}
    {{ return(list) }}
{% endmacro %}

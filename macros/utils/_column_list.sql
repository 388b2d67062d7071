{#-
  The names of one column or several, as a list. Stops compilation for anything else: for an expression too, because a
  failing unit is told by its columns, and an expression has no name.
-#}
{% macro _column_list(columns, test_name, argument, allow_empty=false) %}
    {%- set list = dq_report._text_list(columns, test_name, argument, allow_empty) -%}
    {%- for column in list -%}
        {%- do dq_report._require_name(column, test_name, argument) -%}
    {%- endfor -%}
    {%- do dq_report._require(
        list | map('lower') | unique | list | length == list | length,
        test_name,
        '`' ~ argument ~ '` must name each column once, but it is ' ~ dq_report._shown(columns) ~ '.'
    ) -%}
    {{ return(list) }}
{% endmacro %}

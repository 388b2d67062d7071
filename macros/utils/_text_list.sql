{#- One column, expression or value, or a list of them, as a list of texts. Stops compilation for anything else. -#}
{% macro _text_list(given, test_name, argument, allow_empty=false) %}
    {%- set list = [given] if given is string else (given or []) -%}
    {%- do dq_report._require(
        list is sequence and list is not mapping,
        test_name,
        '`' ~ argument ~ '` must be a column or a list of columns, but it is ' ~ dq_report._shown(given) ~ '.'
    ) -%}
    {%- do dq_report._require(
        list | length > 0 or allow_empty, test_name, '`' ~ argument ~ '` must name at least one column.'
    ) -%}
    {%- for text in list -%}
        {%- do dq_report._require_text(text, test_name, argument) -%}
    {%- endfor -%}
    {{ return(list) }}
{% endmacro %}

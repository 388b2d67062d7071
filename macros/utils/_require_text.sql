{#- Stops compilation unless the argument is a column or an expression, written as text. -#}
{% macro _require_text(value, test_name, argument) %}
    {%- do dq_report._require(
        value is string and value | trim != '',
        test_name,
        '`' ~ argument ~ '` must be a column or an expression, but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

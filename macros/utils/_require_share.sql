{#- Stops compilation unless the argument is a number from 0 to 1. -#}
{% macro _require_share(value, test_name, argument) %}
    {%- do dq_report._require(
        value is number and value is not boolean and value >= 0 and value <= 1,
        test_name,
        '`' ~ argument ~ '` must be a number from 0 to 1, but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

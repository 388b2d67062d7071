{#- Stops compilation unless the argument is a number that is not negative. -#}
{% macro _require_amount(value, test_name, argument) %}
    {%- do dq_report._require(
        value is number and value is not boolean and value >= 0 and value < 1e300,
        test_name,
        '`' ~ argument ~ '` must be a number of at least 0, but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

{#- Stops compilation unless the argument is true or false. -#}
{% macro _require_flag(value, test_name, argument) %}
    {%- do dq_report._require(
        value is boolean,
        test_name,
        '`' ~ argument ~ '` must be true or false, but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

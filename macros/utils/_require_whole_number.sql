{#- Stops compilation unless the argument is a whole number of at least `minimum`; it may be left out if `optional`. -#}
{% macro _require_whole_number(value, test_name, argument, minimum=0, optional=false) %}
    {%- do dq_report._require(
        (optional and value is none) or (value is integer and value is not boolean and value >= minimum),
        test_name,
        '`' ~ argument ~ '` must be a whole number of at least ' ~ minimum ~ ', but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

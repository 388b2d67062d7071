{#- Stops compilation unless the argument is left out or looks like the name of a time zone, which goes into literals. -#}
{% macro _require_timezone(value, test_name) %}
    {%- do dq_report._require(
        value is none or (value is string and modules.re.match('^[A-Za-z0-9_+/-]+$', value)),
        test_name,
        '`timezone` must be a name such as Europe/Berlin, but it is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
{% endmacro %}

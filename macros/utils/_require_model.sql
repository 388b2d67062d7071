{#- Stops compilation unless a model was given. -#}
{% macro _require_model(value, test_name, argument) %}
    {%- do dq_report._require(
        value is defined and value is not none,
        test_name,
        '`' ~ argument ~ "` must be a model, such as ref('orders'), but it is missing."
    ) -%}
{% endmacro %}

{#- Stops compilation unless the text is the name of a column, plain or in the quotes of a warehouse. -#}
{% macro _require_name(text, test_name, argument) %}
    {%- do dq_report._require(
        modules.re.match('^(?:[^\\W\\d][\\w$]*|"[^"]+"|`[^`]+`|\\[[^\\]]+\\])$', text),
        test_name,
        '`' ~ argument ~ '` must name columns, but ' ~ dq_report._shown(text) ~ ' is no name: give it one in the model.'
    ) -%}
{% endmacro %}

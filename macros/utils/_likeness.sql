{#-
  How much two names are alike, from 0 to 1: 1 if they are the same but for case and separators, such as client_id and
  clientId; else the share of pairs of neighbouring letters that they have in common.
-#}
{% macro _likeness(name, other) %}
    {%- set letters = name | lower | replace('_', '') | replace('-', '') | replace(' ', '') -%}
    {%- set other_letters = other | lower | replace('_', '') | replace('-', '') | replace(' ', '') -%}
    {%- if letters == other_letters -%}
        {{ return(1) }}
    {%- endif -%}
    {%- set pairs, common = [], [] -%}
    {%- for start in range(letters | length - 1) -%}
        {%- do pairs.append(letters[start:start + 2]) -%}
    {%- endfor -%}
    {%- for start in range(other_letters | length - 1) if other_letters[start:start + 2] in pairs -%}
        {%- do common.append(other_letters[start:start + 2]) -%}
    {%- endfor -%}
    {%- set all_pairs = letters | length + other_letters | length - 2 -%}
    {{ return(2 * common | unique(case_sensitive=true) | list | length / all_pairs if all_pairs > 0 else 0) }}
{% endmacro %}

{#-
  The condition on which two amounts differ by more than is allowed: by more than `tolerance`, and by more than the share
  `relative_tolerance` of the expected amount, whichever allows more. NULL on one side gives NULL: ask for it first.
-#}
{% macro _differs(amount, expected, tolerance, relative_tolerance) -%}
    abs({{ amount }} - {{ expected }}) > {{ tolerance }}
    {%- if relative_tolerance > 0 %} and abs({{ amount }} - {{ expected }}) > {{ relative_tolerance }} * abs({{ expected }}){% endif %}
{%- endmacro %}

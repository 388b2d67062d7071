{#-
  The look-back of a scan that must also see what happened some seconds before the first moment it judges: one day more at
  least, and a day may have but 23 hours. None without a look-back.
-#}
{% macro _earlier_look_back(look_back, seconds=0) -%}
    {{ return(none if look_back is none else look_back + (seconds + 3600) // 86400 + 1) }}
{%- endmacro %}

{#-
  The date some days before another one, both as text such as 2025-03-08. dbt 2 has no arithmetic on dates of Python,
  so it is done on day numbers. Days are counted from 1 March of the year 0, which puts the leap day at the end of a year.
-#}
{% macro _earlier_date(date, days) -%}
    {%- set year, month, day = date[:4] | int, date[5:7] | int, date[8:10] | int -%}
    {%- set shifted_year = year - (1 if month <= 2 else 0) -%}
    {%- set shifted_month = (month + 9) % 12 -%}
    {%- set number = 365 * shifted_year + shifted_year // 4 - shifted_year // 100 + shifted_year // 400
        + (153 * shifted_month + 2) // 5 + day - 1 - days -%}

    {%- set era = number // 146097 -%}
    {%- set day_of_era = number - era * 146097 -%}
    {%- set year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365 -%}
    {%- set day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100) -%}
    {%- set month_of_year = (5 * day_of_year + 2) // 153 -%}
    {%- set new_month = (month_of_year + 2) % 12 + 1 -%}
    {%- set new_year = year_of_era + era * 400 + (1 if new_month <= 2 else 0) -%}
    {{ return('%04d-%02d-%02d' % (new_year, new_month, day_of_year - (153 * month_of_year + 2) // 5 + 1)) }}
{%- endmacro %}

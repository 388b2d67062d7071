{#-
  Asks the warehouse how many units were checked and how many failed, while the test is compiled, right before it runs.
  Returns `failed` and the `comment`; nothing, and the test is a plain one, where it should or could not ask:
  - `dbt compile`, `docs generate` and the like run no queries
  - an ephemeral model exists within dbt's own query alone
  - an sql_header is not there yet
  - dbt 2 answers with an empty table while it parses
-#}
{% macro _evidence(
    ctes, units, failed_if, unit, keys, measure, measure_name, failed_measure, period, reasons, detail
) %}
{%- set settings = dq_report._settings() -%}
{%- if not execute
    or flags.WHICH not in ['build', 'test', 'retry']
    or not settings.evidence
    or config.get('sql_header')
    or '__dbt__cte__' in ctes ~ units -%}
    {{ return({}) }}
{%- endif -%}

{#- Whether a unit fails is worked out once, and not in each of the sums. -#}
{%- set is_asked_often = measure or period or reasons or detail -%}
{%- set has_failed = 'dq_report_failed = 1' if is_asked_often else failed_if -%}
{%- set asked = {'checked': 'count(*)', 'failed': 'count(case when ' ~ has_failed ~ ' then 1 end)'} -%}
{%- if measure -%}
    {%- do asked.update({
        'measure_checked': 'sum(' ~ measure ~ ')',
        'measure_failed': 'sum(case when ' ~ has_failed ~ ' then ' ~ failed_measure ~ ' end)',
    }) -%}
{%- endif -%}
{%- if period -%}
    {%- set failed_period = 'case when ' ~ has_failed ~ ' then ' ~ period ~ ' end' -%}
    {%- do asked.update({
        'first_period': 'min(' ~ failed_period ~ ')',
        'last_period': 'max(' ~ failed_period ~ ')',
        'failed_periods': 'count(distinct ' ~ failed_period ~ ')',
    }) -%}
{%- endif -%}
{%- for condition in reasons.values() -%}
    {%- do asked.update({
        'reason_' ~ loop.index: 'count(case when ' ~ has_failed ~ ' and (' ~ condition ~ ') then 1 end)'
    }) -%}
{%- endfor -%}
{%- if detail -%}
    {%- do asked.update({'detail': 'max(case when ' ~ has_failed ~ ' then ' ~ detail ~ ' end)'}) -%}
{%- endif -%}

{%- set query -%}
/* evidence for dq_report */
{{ ctes }}

select
    {%- for name, expression in asked.items() %}
    cast({{ expression }} as {{ dbt.type_string() }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- if is_asked_often %}
from (
    select
        *,
        case when {{ failed_if }} then 1 end as dq_report_failed
    from {{ units }}
) as dq_report_judged
{%- else %}
{#- Units may be the tested model itself, whose columns can have any name. #}
from {{ units }}
{%- endif %}
{%- endset -%}
{%- set answer = run_query(query) -%}
{%- if not answer or answer.rows | length == 0 -%}
    {{ return({}) }}
{%- endif -%}

{#- By position: warehouses disagree about upper and lower case. -#}
{%- set told = {} -%}
{%- for name in asked -%}
    {%- do told.update({name: answer.rows[0][loop.index0]}) -%}
{%- endfor -%}
{%- set failed = told.failed | string -%}
{%- set parts = [
    '"v":1',
    '"unique_id":' ~ dq_report._json_text(model.unique_id),
    '"invocation_id":' ~ dq_report._json_text(invocation_id),
    '"unit":' ~ dq_report._json_text(unit),
    '"checked":' ~ dq_report._json_number(told.checked),
    '"failed":' ~ dq_report._json_number(failed),
] -%}
{%- if measure -%}
    {%- do parts.append(
        '"measure":{"name":' ~ dq_report._json_text(measure_name)
            ~ ',"checked":' ~ dq_report._json_number(told.measure_checked)
            ~ ',"failed":' ~ dq_report._json_number('0' if failed == '0' else told.measure_failed) ~ '}'
    ) -%}
{%- endif -%}
{%- set counted = [] -%}
{%- for reason in reasons -%}
    {%- set number = dq_report._json_number(told['reason_' ~ loop.index]) -%}
    {%- if number != '0' -%}
        {%- do counted.append('{"reason":' ~ dq_report._json_text(reason) ~ ',"failed":' ~ number ~ '}') -%}
    {%- endif -%}
{%- endfor -%}
{%- if counted -%}
    {%- do parts.append('"reasons":[' ~ counted | join(',') ~ ']') -%}
{%- endif -%}
{%- if detail and told.detail is not none -%}
    {%- do parts.append('"detail":' ~ dq_report._json_text(told.detail)) -%}
{%- endif -%}
{%- if keys and settings.sample_keys > 0 and failed != '0' -%}
    {%- do parts.append('"samples":' ~ dq_report._samples(ctes, units, failed_if, keys, failed_measure, settings.sample_keys)) -%}
{%- endif -%}
{%- if period and told.first_period is not none -%}
    {%- do parts.append(
        '"periods":{"first":' ~ dq_report._json_text(told.first_period) ~ ',"last":' ~ dq_report._json_text(told.last_period)
            ~ ',"failed":' ~ dq_report._json_number(told.failed_periods) ~ '}'
    ) -%}
{%- endif -%}
{{ return({'failed': failed, 'comment': '/* dq_report:{' ~ parts | join(',') ~ '} */'}) }}
{% endmacro %}


{#- Keys of failing units as a JSON list: those that weigh most first, by the measure or else by their rows. -#}
{% macro _samples(ctes, units, failed_if, keys, measure, limit) %}
{%- set names = keys | list -%}
{%- set expressions = keys.values() | list if keys is mapping else names -%}
{%- set positions = range(1, keys | length + 1) | join(', ') -%}
{%- set query -%}
/* sample keys for dq_report */
{{ ctes }}

select
    {%- for expression in expressions %}
    cast({{ expression }} as {{ dbt.type_string() }}) as key_{{ loop.index }},
    {%- endfor %}
    {{ 'coalesce(sum(' ~ measure ~ '), 0)' if measure else 'count(*)' }} as dq_report_weight
from {{ units }}
where {{ failed_if }}
group by {{ positions }}
order by dq_report_weight desc, {{ positions }}
limit {{ limit }}
{%- endset -%}
{%- set samples = [] -%}
{%- for row in run_query(query).rows -%}
    {%- set members = [] -%}
    {%- for name in names -%}
        {%- do members.append(dq_report._json_text(name.strip('"`[]')) ~ ':' ~ dq_report._json_text(row[loop.index0])) -%}
    {%- endfor -%}
    {%- do samples.append('{' ~ members | join(',') ~ '}') -%}
{%- endfor -%}
{{ return('[' ~ samples | join(',') ~ ']') }}
{% endmacro %}

{#-
  Asks the warehouse how many units were checked and how many failed, while the test is compiled, right before it runs.
  Returns `failed` and the `comment`; nothing, and the test is a plain one, where it should or could not ask:
  - `dbt compile`, `docs generate` and the like run no queries
  - an ephemeral model exists within dbt's own query alone
  - an sql_header is not there yet
  - dbt 2 answers with an empty table while it parses
-#}
{% macro _evidence(ctes, units, failed_if, unit, keys, measure, measure_name, failed_measure, period) %}
{%- set settings = dq_report._settings() -%}
{%- if not execute
    or flags.WHICH not in ['build', 'test', 'retry']
    or not settings.evidence
    or config.get('sql_header')
    or '__dbt__cte__' in ctes ~ units -%}
    {{ return({}) }}
{%- endif -%}

{%- set text = dbt.type_string() -%}
{%- set query -%}
/* evidence for dq_report */
{{ ctes }}

select
    cast(count(*) as {{ text }}) as checked,
    cast(count(case when {{ failed_if }} then 1 end) as {{ text }}) as failed
    {%- if measure %},
    cast(sum({{ measure }}) as {{ text }}) as measure_checked,
    cast(sum(case when {{ failed_if }} then {{ failed_measure }} end) as {{ text }}) as measure_failed
    {%- endif %}
    {%- if period %},
    cast(min(case when {{ failed_if }} then {{ period }} end) as {{ text }}) as first_period,
    cast(max(case when {{ failed_if }} then {{ period }} end) as {{ text }}) as last_period,
    cast(count(distinct case when {{ failed_if }} then {{ period }} end) as {{ text }}) as failed_periods
    {%- endif %}
from {{ units }}
{%- endset -%}
{%- set answer = run_query(query) -%}
{%- if not answer or answer.rows | length == 0 -%}
    {{ return({}) }}
{%- endif -%}

{#- By position: warehouses disagree about upper and lower case. -#}
{%- set row = answer.rows[0] -%}
{%- set failed = row[1] | string -%}
{%- set parts = [
    '"v":1',
    '"unique_id":' ~ dq_report._json_text(model.unique_id),
    '"invocation_id":' ~ dq_report._json_text(invocation_id),
    '"unit":' ~ dq_report._json_text(unit),
    '"checked":' ~ dq_report._json_number(row[0]),
    '"failed":' ~ dq_report._json_number(failed),
] -%}
{%- if measure -%}
    {%- do parts.append(
        '"measure":{"name":' ~ dq_report._json_text(measure_name or measure)
            ~ ',"checked":' ~ dq_report._json_number(row[2]) ~ ',"failed":' ~ dq_report._json_number('0' if failed == '0' else row[3]) ~ '}'
    ) -%}
{%- endif -%}
{%- if keys and settings.sample_keys > 0 and failed != '0' -%}
    {%- do parts.append('"samples":' ~ dq_report._samples(ctes, units, failed_if, keys, failed_measure, settings.sample_keys)) -%}
{%- endif -%}
{%- set at = 4 if measure else 2 -%}
{%- if period and row[at] is not none -%}
    {%- do parts.append(
        '"periods":{"first":' ~ dq_report._json_text(row[at]) ~ ',"last":' ~ dq_report._json_text(row[at + 1])
            ~ ',"failed":' ~ dq_report._json_number(row[at + 2]) ~ '}'
    ) -%}
{%- endif -%}
{{ return({'failed': failed, 'comment': '/* dq_report:{' ~ parts | join(',') ~ '} */'}) }}
{% endmacro %}


{#- Keys of failing units as a JSON list: those that weigh most first, by the measure or else by their rows. -#}
{% macro _samples(ctes, units, failed_if, keys, measure, limit) %}
{%- set keys = dq_report._named_expressions(keys, 'evidence', 'keys') -%}
{%- set positions = range(1, keys | length + 1) | join(', ') -%}
{%- set query -%}
/* sample keys for dq_report */
{{ ctes }}

select
    {%- for key in keys.values() %}
    cast({{ key }} as {{ dbt.type_string() }}) as key_{{ loop.index }},
    {%- endfor %}
    {{ 'coalesce(sum(' ~ measure ~ '), 0)' if measure else 'count(*)' }} as weight
from {{ units }}
where {{ failed_if }}
group by {{ positions }}
order by weight desc, {{ positions }}
limit {{ limit }}
{%- endset -%}
{%- set names = keys | list -%}
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

{#-
  Fails for every closed day whose number of rows, or whose `measure`, is not what the same weekday of earlier weeks lets
  expect: too far below or above their median.

  The last `check_days` closed days are judged, each by the same weekday of the `weeks` before it. How far is too far:
  `sensitivity` times the spread of that history, which is 1.4826 times the median distance from its median (or 1.2533
  times the mean distance, where most days are alike and the median distance is 0), but at least the share
  `minimum_spread` of the median, and for a count at least its square root, as chance alone spreads that much. A difference
  of up to `tolerance` is never too far. Whatever the spread, a day without rows fails if every day of its history had five.
  The day itself is no part of its history, and neither are days before the first row that is read.

  Failing unit: a day, of each segment with `segment_columns`. Days without rows count as 0, so a segment that vanished
  fails. A day with less history than `minimum_history` is not judged, or fails with `without_history: fail`; the evidence
  counts those that were judged.
  NULL: a measure of NULL fails; in the history it is left out. Rows without a timestamp fail as one day of their own. A
  segment of NULL is one like others.
  Not seen: a segment, or a table, without a row in all the weeks that are read; slow changes, which become the history.
-#}
{% test volume_within(
    model, timestamp_column, measure='count(*)', weeks=8, minimum_history=4, check_days=1, sensitivity=4,
    minimum_spread=0.1, tolerance=0.005, direction='both', segment_columns=none, without_history='pass', timezone=none
) %}
    {{ return(adapter.dispatch('test_volume_within', 'dq_report')(
        model, timestamp_column, measure, weeks, minimum_history, check_days, sensitivity, minimum_spread, tolerance,
        direction, segment_columns, without_history, timezone
    )) }}
{% endtest %}

{% macro default__test_volume_within(
    model, timestamp_column, measure, weeks, minimum_history, check_days, sensitivity, minimum_spread, tolerance,
    direction, segment_columns, without_history, timezone
) %}
{%- do dq_report._require_text(timestamp_column, 'volume_within', 'timestamp_column') -%}
{%- do dq_report._require_text(measure, 'volume_within', 'measure') -%}
{%- do dq_report._require_whole_number(weeks, 'volume_within', 'weeks', minimum=1) -%}
{%- do dq_report._require_whole_number(minimum_history, 'volume_within', 'minimum_history', minimum=1) -%}
{%- do dq_report._require(
    minimum_history <= weeks,
    'volume_within',
    '`minimum_history` must be at most `weeks`, which is ' ~ weeks ~ ', or no day is ever judged, but it is ' ~ minimum_history ~ '.'
) -%}
{%- do dq_report._require_whole_number(check_days, 'volume_within', 'check_days', minimum=1) -%}
{%- do dq_report._require_amount(sensitivity, 'volume_within', 'sensitivity') -%}
{%- do dq_report._require_share(minimum_spread, 'volume_within', 'minimum_spread') -%}
{%- do dq_report._require_amount(tolerance, 'volume_within', 'tolerance') -%}
{%- do dq_report._require(
    direction in ['both', 'drop', 'rise'],
    'volume_within',
    '`direction` must be both, drop or rise, but it is ' ~ dq_report._shown(direction) ~ '.'
) -%}
{%- set segments = dq_report._column_list(segment_columns, 'volume_within', 'segment_columns', allow_empty=true) -%}
{%- do dq_report._require(
    without_history in ['pass', 'fail'],
    'volume_within',
    '`without_history` must be pass or fail, but it is ' ~ dq_report._shown(without_history) ~ '.'
) -%}
{%- do dq_report._require_timezone(timezone, 'volume_within') -%}
{%- set day = dq_report._day(timestamp_column, timezone) -%}
{%- set is_count = modules.re.match('^\\s*count\\s*\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)\\s*$', measure, modules.re.I) -%}
{%- set of_segment -%}
    {%- for segment in segments %}{{ segment }}, {% endfor -%}
{%- endset -%}
{%- set is_history = 'dq_report_days_back > 0 and dq_report_day_amount is not null' -%}

{%- set days -%}
with dq_report_daily as (

    select
        {{ of_segment }}
        1 as dq_report_one,
        {{ day }} as dq_report_day,
        {{ measure if is_count else 'count(*)' }} as dq_report_rows,
        cast({{ measure }} as {{ dbt.type_numeric() }}) as dq_report_amount
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, 7 * weeks + check_days, timezone) }}
    group by {{ of_segment }}{{ day }}

),

-- Each day that is judged, 0 days back, the days of its history, and the day of rows without a timestamp.
dq_report_slots as (

    select
        1 as dq_report_slot_one,
        calendar_day as dq_report_tested_day,
        dq_report_days_back,
        cast({{ dbt.dateadd('day', '-dq_report_days_back', 'calendar_day') }} as date) as dq_report_slot_day
    from ({{ dq_report._calendar(none, check_days, timezone) }}) as calendar
    cross join (
        {%- for week in range(weeks + 1) -%}
            select {{ 7 * week }} as dq_report_days_back{{ ' union all ' if not loop.last }}
        {%- endfor -%}
    ) as weeks

    union all

    select 1 as dq_report_slot_one, cast(null as date) as dq_report_tested_day, 0 as dq_report_days_back, cast(null as date) as dq_report_slot_day

),

-- All days of a segment meet all slots, so that slots without rows are there too, and daily totals are read only once.
dq_report_paired as (

    select
        dq_report_slots.*,
        dq_report_daily.*,
        case
            when dq_report_day = dq_report_slot_day then 1
            when dq_report_day is null and dq_report_slot_day is null and dq_report_one is not null then 1
            else 0
        end as dq_report_is_slot
    from dq_report_slots
    left join dq_report_daily on dq_report_one = dq_report_slot_one

),

dq_report_filled as (

    select
        {{ of_segment }}
        dq_report_tested_day,
        dq_report_days_back,
        max(case when dq_report_is_slot = 1 then dq_report_rows else 0 end) as dq_report_day_rows,
        case
            when max(case when dq_report_is_slot = 1 then dq_report_rows else 0 end) = 0 then 0
            else max(case when dq_report_is_slot = 1 then dq_report_amount end)
        end as dq_report_day_amount
    from dq_report_paired
    group by {{ of_segment }}dq_report_tested_day, dq_report_days_back, dq_report_slot_day
    having coalesce(min(dq_report_day), dq_report_tested_day) <= dq_report_slot_day
        or (dq_report_tested_day is null and max(dq_report_is_slot) = 1)

),

dq_report_ranked as (

    select
        *,
        count(case when {{ is_history }} then 1 end) over (partition by {{ of_segment }}dq_report_tested_day) as dq_report_days_of_history,
        row_number() over (
            partition by {{ of_segment }}dq_report_tested_day, case when {{ is_history }} then 1 else 0 end order by dq_report_day_amount
        ) as dq_report_amount_rank
    from dq_report_filled

),

dq_report_with_median as (

    select
        *,
        avg(case when {{ is_history }} and 2 * dq_report_amount_rank between dq_report_days_of_history and dq_report_days_of_history + 2 then dq_report_day_amount end)
            over (partition by {{ of_segment }}dq_report_tested_day) as dq_report_usual_amount
    from dq_report_ranked

),

dq_report_with_distances as (

    select
        *,
        abs(dq_report_day_amount - dq_report_usual_amount) as dq_report_distance,
        row_number() over (
            partition by {{ of_segment }}dq_report_tested_day, case when {{ is_history }} then 1 else 0 end
            order by abs(dq_report_day_amount - dq_report_usual_amount)
        ) as dq_report_distance_rank
    from dq_report_with_median

),

dq_report_histories as (

    select
        {{ of_segment }}
        dq_report_tested_day,
        max(case when dq_report_days_back = 0 then dq_report_day_rows end) as dq_report_tested_rows,
        max(case when dq_report_days_back = 0 then dq_report_day_amount end) as dq_report_tested_amount,
        max(dq_report_days_of_history) as dq_report_days_of_history,
        max(dq_report_usual_amount) as dq_report_usual_amount,
        avg(case when {{ is_history }} and 2 * dq_report_distance_rank between dq_report_days_of_history and dq_report_days_of_history + 2 then dq_report_distance end)
            as dq_report_median_distance,
        avg(case when {{ is_history }} then dq_report_distance end) as dq_report_mean_distance,
        min(case when {{ is_history }} then dq_report_day_rows end) as dq_report_fewest_rows
    from dq_report_with_distances
    group by {{ of_segment }}dq_report_tested_day

),

dq_report_with_limits as (

    select
        *,
        greatest(
            {{ tolerance }},
            {{ sensitivity }} * greatest(
                case when dq_report_median_distance > 0 then 1.4826 * dq_report_median_distance else 1.2533 * dq_report_mean_distance end,
                {{ minimum_spread }} * abs(dq_report_usual_amount)
                {%- if is_count %},
                -- Of 1 at least: where there was nothing, a few are no surprise.
                sqrt(greatest(dq_report_usual_amount, 1))
                {%- endif %}
            )
        ) as dq_report_allowed_distance
    from dq_report_histories

),

dq_report_expected as (

    select
        *,
        {%- if is_count %}
        greatest(dq_report_usual_amount - dq_report_allowed_distance, case when dq_report_fewest_rows >= 5 then 1 else 0 end) as dq_report_expected_from,
        {%- else %}
        dq_report_usual_amount - dq_report_allowed_distance as dq_report_expected_from,
        {%- endif %}
        dq_report_usual_amount + dq_report_allowed_distance as dq_report_expected_to
    from dq_report_with_limits

),

dq_report_days as (

    select
        {{ of_segment }}
        dq_report_tested_day,
        dq_report_tested_rows,
        dq_report_tested_amount,
        dq_report_usual_amount,
        dq_report_expected_from,
        dq_report_expected_to,
        dq_report_days_of_history,
        case
            when dq_report_tested_day is null then 'without a timestamp'
            when dq_report_tested_amount is null then 'without an amount'
            when dq_report_days_of_history < {{ minimum_history }} then 'without enough history'
            {%- if direction != 'rise' %}
            {%- if not is_count %}
            when dq_report_tested_rows = 0 and dq_report_fewest_rows >= 5 then 'without rows'
            {%- endif %}
            when dq_report_tested_amount < dq_report_expected_from then 'below the expected range'
            {%- endif %}
            {%- if direction != 'drop' %}
            when dq_report_tested_amount > dq_report_expected_to then 'above the expected range'
            {%- endif %}
        end as dq_report_verdict
    from dq_report_expected
    {%- if without_history == 'pass' %}
    where dq_report_days_of_history >= {{ minimum_history }} or dq_report_tested_amount is null or dq_report_tested_day is null
    {%- endif %}

)
{%- endset -%}

{%- set counts_rows = modules.re.match('^count\\((\\*|1)\\)$', measure | lower | replace(' ', '')) -%}
{%- set summed = modules.re.match('^\\s*sum\\(\\s*(?:coalesce\\(\\s*)?(\\w+)(?:\\s*,\\s*0\\s*\\))?\\s*\\)\\s*$', measure, modules.re.I) -%}
{%- set name = 'rows' if counts_rows else summed.group(1) if summed else measure -%}
{%- set of_name = dq_report._literal((' ' if counts_rows else ' of ') ~ name ~ ', ') -%}
{%- set tested = dbt.concat([dq_report._amount_text('dq_report_tested_amount', is_count), of_name]) -%}
{%- if not is_count -%}
    {%- set tested = "case when dq_report_tested_rows = 0 then 'no rows, ' else " ~ tested ~ ' end' -%}
{%- endif -%}
{%- set lowest = dq_report._amount_text('dq_report_expected_from', is_count, 'ceil') -%}
{%- set highest = dq_report._amount_text('dq_report_expected_to', is_count, 'floor') -%}
{%- set expected = {
    'both': ["'expected '", lowest, "' to '", highest],
    'drop': ["'expected at least '", lowest],
    'rise': ["'expected at most '", highest],
} -%}
{%- set history = 'cast(dq_report_days_of_history as ' ~ dbt.type_string() ~ ')' -%}
{%- set expected_text -%}
    case
        when dq_report_days_of_history < {{ minimum_history }} then {{ dbt.concat([history, "' days of history'"]) }}
        else {{ dbt.concat(expected[direction]) }}
    end
{%- endset -%}
{%- set reasons = {} -%}
{%- for verdict in [
    'below the expected range', 'above the expected range', 'without rows', 'without an amount', 'without a timestamp',
    'without enough history'
] -%}
    {%- do reasons.update({verdict: "dq_report_verdict = '" ~ verdict ~ "'"}) -%}
{%- endfor -%}
{{ dq_report._select_failing(
    days, units='dq_report_days', failed_if='dq_report_verdict is not null', unit='day', keys=segments,
    columns=of_segment ~ 'dq_report_tested_day, dq_report_tested_amount, dq_report_expected_from, dq_report_expected_to,'
        ~ ' dq_report_days_of_history, dq_report_verdict',
    measure='abs(coalesce(dq_report_usual_amount, 0))', measure_name=name ~ ' off the median',
    failed_measure='abs(coalesce(dq_report_tested_amount, 0) - coalesce(dq_report_usual_amount, 0))', period='dq_report_tested_day', reasons=reasons,
    detail=dbt.concat([dq_report._period_text('dq_report_tested_day', segments), tested, expected_text])
) }}

{% endmacro %}

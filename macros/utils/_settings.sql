{#-
  The project's `vars: dq_report:`, with defaults for what it leaves out. Stops compilation for anything unknown, so that
  a slip of the pen does not go unnoticed.
-#}
{% macro _settings() %}
    {%- set settings = {'evidence': true, 'sample_keys': 0, 'timezone': 'UTC', 'as_of': none} -%}
    {%- set given = var('dq_report', {}) -%}
    {%- if given is not mapping -%}
        {%- do dq_report._require(
            false, 'vars', '`dq_report` must hold settings by name, but it is ' ~ dq_report._shown(given) ~ '.'
        ) -%}
    {%- endif -%}
    {%- for name in given -%}
        {%- do dq_report._require(
            name in settings,
            'vars',
            'there is no setting ' ~ dq_report._shown(name) ~ '; there are ' ~ settings | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- do settings.update(given) -%}
    {%- do dq_report._require_flag(settings.evidence, 'vars', 'evidence') -%}
    {%- set number = settings.sample_keys -%}
    {%- do dq_report._require(
        number is integer and number is not boolean and number >= 0 and number <= 100,
        'vars',
        '`sample_keys` must be a whole number from 0 to 100, but it is ' ~ dq_report._shown(number) ~ '.'
    ) -%}
    {%- do dq_report._require_timezone(settings.timezone or '', 'vars') -%}
    {#- On the command line, where `--vars` replaces the whole of `dq_report`. -#}
    {%- do settings.update({'as_of': var('dq_report_as_of', none) or settings.as_of}) -%}
    {%- if settings.as_of is not none -%}
        {#- YAML makes a date of it. -#}
        {%- do settings.update({'as_of': settings.as_of | string}) -%}
        {%- set is_time = modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?$', settings.as_of) -%}
        {%- do dq_report._require(
            is_time and dq_report._earlier_date(settings.as_of[:10], 0) == settings.as_of[:10],
            'vars',
            '`as_of` must be a day or a time in UTC such as 2025-03-09 06:00:00, but it is ' ~ dq_report._shown(settings.as_of) ~ '.'
        ) -%}
    {%- endif -%}
    {{ return(settings) }}
{% endmacro %}

-- Texts that would like to leave a comment, a literal or a template.
select name from (values
    ('*/ drop table x; /*'), ('*/ drop table x; /*'),
    ('it''s "quoted" ' || chr(92) || ' back'), ('it''s "quoted" ' || chr(92) || ' back'),
    ('{{ "{{ 1 / 0 }} {% raw %} {# #} ?" }}'), ('{{ "{{ 1 / 0 }} {% raw %} {# #} ?" }}'),
    ('emoji 😀 é'), ('emoji 😀 é'),
    ('00123'), ('00123'), ('null'), ('null'),
    (repeat('long ', 2000)), (repeat('long ', 2000))
) as given (name)

-- Named like columns of the test.
select
    gaps,
    clients,
    cast(event_at as timestamp) as event_at,
    event_number,
    session_number
from (values
    ('s_eleven', 'a', '2025-03-09 10:01:00', '1', '1'),
    ('s_eleven', 'a', '2025-03-09 10:02:00', '2', '1'),
    ('s_eleven', 'a', '2025-03-09 10:03:00', '3', '1'),
    ('s_eleven', 'a', '2025-03-09 10:04:00', '4', '1'),
    ('s_eleven', 'a', '2025-03-09 10:05:00', '5', '1'),
    ('s_eleven', 'a', '2025-03-09 10:06:00', '6', '1'),
    ('s_eleven', 'a', '2025-03-09 10:07:00', '7', '1'),
    ('s_eleven', 'a', '2025-03-09 10:08:00', '8', '1'),
    ('s_eleven', 'a', '2025-03-09 10:09:00', '9', '1'),
    ('s_eleven', 'a', '2025-03-09 10:10:00', '10', '1'),
    ('s_eleven', 'a', '2025-03-09 10:11:00', '11', '1'),
    ('s_hole', 'b', '2025-03-09 10:00:00', '1', '1'),
    ('s_hole', 'b', '2025-03-09 10:01:00', '3', '1'),
    (null, 'a', '2025-03-09 10:20:00', '1', '1')
) as given (gaps, clients, event_at, event_number, session_number)

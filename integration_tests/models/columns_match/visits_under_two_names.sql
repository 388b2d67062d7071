select
    site,
    client_id,
    new_client_id as {{ adapter.quote('clientId') }},
    cast(visited_at as timestamp) as visited_at
from (values
    ('renamed', 'C1', null, '2025-03-06 10:00:00'),
    ('renamed', 'C2', null, '2025-03-07 23:30:00'),
    ('renamed', null, 'C3', '2025-03-08 10:00:00'),
    ('renamed', 'C4', null, '2025-03-10 02:00:00'),
    ('renamed today', 'C1', null, '2025-03-09 10:00:00'),
    ('renamed today', null, 'C2', '2025-03-10 02:00:00'),
    ('both', 'C1', 'C1', '2025-03-08 10:00:00'),
    ('both', 'C2', 'C2', null),
    ('without a time', 'C1', null, '2025-03-08 10:00:00'),
    ('without a time', null, 'C2', null),
    ('never', null, 'C1', '2025-03-07 10:00:00')
) as given (site, client_id, new_client_id, visited_at)

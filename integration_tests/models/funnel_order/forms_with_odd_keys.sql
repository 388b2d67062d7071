-- Named like columns of the test.
select
    reached_1,
    early_steps,
    events_0,
    step,
    cast(done_at as timestamp) as done_at
from (values
    ('a', 'x', 'p', 'Open', '2025-03-09 10:00:00'),
    ('a', 'x', 'p', 'open', '2025-03-09 10:01:00'),
    ('a', 'y', 'p', 'open', '2025-03-09 10:00:00'),
    ('a', 'y', 'p', 'Open', '2025-03-09 10:01:00'),
    ('b', 'x', 'p', 'send', '2025-03-08 10:00:00')
) as given (reached_1, early_steps, events_0, step, done_at)

select
    step,
    step_number,
    cast(happened_at as timestamp) as happened_at
from (values
    ('cart', 1, '2025-03-08 10:00:00'),
    ('it''s paid', 2, '2025-03-08 11:00:00'),
    ('cart', 1, '2025-03-09 10:00:00'),
    ('it''s paid', 2, '2025-03-09 11:00:00')
) as given (step, step_number, happened_at)

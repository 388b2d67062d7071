-- Named like columns of the test.
select
    verdict,
    days_back,
    cast(visited_at as timestamp) as visited_at
from (values
    ('v', 'd', '2025-03-02 10:00:00'),
    ('v', 'd', '2025-03-09 10:00:00'),
    ('w', 'd', '2025-03-02 10:00:00'),
    ('w', 'd', '2025-03-02 10:00:00'),
    ('w', 'd', '2025-03-02 10:00:00'),
    ('w', 'd', '2025-03-02 10:00:00'),
    ('w', 'd', '2025-03-02 10:00:00')
) as given (verdict, days_back, visited_at)

-- ClickHouse: services whose working set differs between two days by more than a tenth on most of their hosts. Change the two dates.
SELECT service, count() AS hosts, toInt64(round(avg(before))) AS before_bytes, toInt64(round(avg(after))) AS after_bytes,
    round(100 * (avg(after) / avg(before) - 1), 1) AS change_percent, countIf(abs(after / before - 1) > 0.1) AS hosts_that_changed
FROM (
    SELECT service, host, quantileExactIf(0.5)(bytes, date = '2026-11-01') AS before, quantileExactIf(0.5)(bytes, date = '2026-11-02') AS after
    FROM (
        SELECT service, host, date, timestamp, sum(working_set_bytes) AS bytes
        FROM looks GLOBAL ANY INNER JOIN names USING (host, date, recording, target_id)
        WHERE date IN ('2026-11-01', '2026-11-02') GROUP BY service, host, date, timestamp
    ) WHERE bytes IS NOT NULL GROUP BY service, host
) WHERE before > 0 GROUP BY service HAVING hosts_that_changed > hosts / 2 ORDER BY abs(change_percent) DESC

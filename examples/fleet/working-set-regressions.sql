-- Services whose working set differs between two days by more than a tenth on most of their hosts: before and after a version was rolled out.
-- Change the two dates.
WITH days AS (
    SELECT service, host, date, quantile_disc(bytes, 0.5) AS median FROM (
        SELECT service, host, date, "timestamp", sum(working_set_bytes) AS bytes FROM services GROUP BY ALL
    ) GROUP BY ALL
), changes AS (
    SELECT a.service, a.host, b.median AS before_bytes, a.median AS after_bytes
    FROM days a JOIN days b USING (service, host)
    WHERE b.date = DATE '2026-11-01' AND a.date = DATE '2026-11-02' AND b.median > 0
)
SELECT service, count(*) AS hosts, round(avg(before_bytes))::BIGINT AS before_bytes, round(avg(after_bytes))::BIGINT AS after_bytes,
    round(100 * (avg(after_bytes) / avg(before_bytes) - 1), 1) AS change_percent,
    count(*) FILTER (WHERE abs(after_bytes / before_bytes - 1) > 0.1) AS hosts_that_changed
FROM changes GROUP BY service HAVING hosts_that_changed > count(*) / 2 ORDER BY abs(change_percent) DESC;

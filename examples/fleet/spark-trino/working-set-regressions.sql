-- Services whose working set differs between two days by more than a tenth on most of their hosts: before and after a version was rolled out.
-- Change the two dates.
WITH days AS (
    SELECT service, host, date, approx_percentile(bytes, 0.5) AS median
    FROM (
        SELECT service, host, date, monotonic_ns, sum(working_set_bytes) AS bytes FROM services GROUP BY service, host, date, monotonic_ns
    ) looks
    GROUP BY service, host, date
), changes AS (
    SELECT a.service, a.host, b.median AS before_bytes, a.median AS after_bytes
    FROM days a JOIN days b ON a.service = b.service AND a.host = b.host
    WHERE b.date = DATE '2026-11-01' AND a.date = DATE '2026-11-02' AND b.median > 0
)
SELECT service, hosts, CAST(round(before_mean) AS BIGINT) AS before_bytes, CAST(round(after_mean) AS BIGINT) AS after_bytes,
    round(100 * (after_mean / before_mean - 1), 1) AS change_percent, hosts_that_changed
FROM (
    SELECT service, count(*) AS hosts, avg(before_bytes) AS before_mean, avg(after_bytes) AS after_mean,
        count_if(abs(after_bytes / before_bytes - 1) > 0.1) AS hosts_that_changed
    FROM changes GROUP BY service
) services_of_both
WHERE hosts_that_changed > hosts / 2 ORDER BY abs(after_mean / before_mean - 1) DESC;

-- ClickHouse: cold bytes per service over all hosts: mean of the looks of each process, summed.
SELECT service, uniqExact(host) AS hosts, count() AS processes, toInt64(round(sum(resident))) AS resident_bytes,
    toInt64(round(sum(cold_2min))) AS cold_2min_bytes, toInt64(round(sum(cold_10min))) AS cold_10min_bytes,
    round(100 * sum(cold_10min) / sum(resident), 1) AS cold_10min_percent
FROM (
    SELECT service, host, recording, target_id, avg(resident_bytes) AS resident, avg(cold_120s_bytes) AS cold_2min, avg(cold_600s_bytes) AS cold_10min
    FROM looks GLOBAL ANY INNER JOIN names USING (host, date, recording, target_id)
    GROUP BY service, host, recording, target_id
) GROUP BY service ORDER BY cold_10min_bytes DESC

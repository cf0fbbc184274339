-- Cold bytes per service over all hosts: mean of the looks of each process, summed.
SELECT service, count(DISTINCT host) AS hosts, count(*) AS processes, CAST(round(sum(resident)) AS BIGINT) AS resident_bytes,
    CAST(round(sum(cold_2min)) AS BIGINT) AS cold_2min_bytes, CAST(round(sum(cold_10min)) AS BIGINT) AS cold_10min_bytes,
    round(100 * sum(cold_10min) / sum(resident), 1) AS cold_10min_percent
FROM (
    SELECT service, host, recording, target_id, avg(resident_bytes) AS resident, avg(cold_120s_bytes) AS cold_2min, avg(cold_600s_bytes) AS cold_10min
    FROM services GROUP BY service, host, recording, target_id
) processes
GROUP BY service ORDER BY cold_10min_bytes DESC NULLS LAST;

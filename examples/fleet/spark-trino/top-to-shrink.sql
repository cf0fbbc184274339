-- The ten services on which most could be saved: what is held beyond what 95 of 100 looks needed, for each host the sum of its processes.
SELECT service, count(*) AS hosts, CAST(round(avg(resident)) AS BIGINT) AS resident_per_host_bytes,
    CAST(round(max(needed)) AS BIGINT) AS needed_per_host_bytes, CAST(round(sum(greatest(0, resident - needed))) AS BIGINT) AS could_go_bytes
FROM (
    SELECT service, host, avg(resident) AS resident, approx_percentile(needed, 0.95) AS needed
    FROM (
        SELECT service, host, monotonic_ns, sum(resident_bytes) AS resident, sum(resident_bytes - cold_600s_bytes) AS needed
        FROM services GROUP BY service, host, monotonic_ns
    ) held
    WHERE needed IS NOT NULL GROUP BY service, host
) hosts
GROUP BY service ORDER BY could_go_bytes DESC LIMIT 10;

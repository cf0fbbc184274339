-- The ten services on which most could be saved: what is held beyond the working set that 95 of 100 looks had, for each host the sum of
-- its processes at one time. Memory that processes share is in each of them: compare with the PSS of the table footprint.
WITH held AS (
    SELECT service, host, "timestamp", sum(resident_bytes) AS resident, sum(resident_bytes - cold_600s_bytes) AS needed
    FROM services GROUP BY ALL
), hosts AS (
    SELECT service, host, avg(resident) AS resident, quantile_disc(needed, 0.95) AS needed FROM held WHERE needed IS NOT NULL GROUP BY ALL
)
SELECT service, count(*) AS hosts, round(avg(resident))::BIGINT AS resident_per_host_bytes, round(max(needed))::BIGINT AS needed_per_host_bytes,
    round(sum(greatest(0, resident - needed)))::BIGINT AS could_go_bytes
FROM hosts GROUP BY service ORDER BY could_go_bytes DESC LIMIT 10;

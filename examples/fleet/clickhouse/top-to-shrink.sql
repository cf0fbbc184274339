-- ClickHouse: the ten services on which most could be saved: what is held beyond what 95 of 100 looks needed, for each host the sum of its processes.
SELECT service, count() AS hosts, toInt64(round(avg(resident))) AS resident_per_host_bytes, toInt64(round(max(needed))) AS needed_per_host_bytes,
    toInt64(round(sum(if(resident > needed, resident - needed, 0)))) AS could_go_bytes
FROM (
    SELECT service, host, avg(held) AS resident, quantileExact(0.95)(used) AS needed
    FROM (
        SELECT service, host, timestamp, sum(resident_bytes) AS held, sum(resident_bytes - cold_600s_bytes) AS used
        FROM looks GLOBAL ANY INNER JOIN names USING (host, date, recording, target_id)
        GROUP BY service, host, timestamp
    ) WHERE used IS NOT NULL GROUP BY service, host
) GROUP BY service ORDER BY could_go_bytes DESC LIMIT 10

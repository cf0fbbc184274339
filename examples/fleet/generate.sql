-- Run in a folder with an empty folder dataset in it.
-- Makes a data set of 100 hosts over 48 hours (looks every 10 minutes) with answers that are known: the columns that the queries read, in
-- the tables and folders that 'export --partition host,date' writes. One program a target; pages followed: 4,000 each.
--   redis-server  100 hosts, 4 GiB: 1 GiB accessed within 10 s, 3 GiB idle for longer than 10 min; from the second day on 1.5 and 2.5 GiB
--   postgres       40 hosts, 8 GiB: 4 GiB accessed within 10 s, 2 GiB idle for 1 to 2 min, 2 GiB for longer than 10 min
--   nginx         100 hosts, 64 MiB, all accessed within 10 s
CREATE TABLE programs AS SELECT * FROM (VALUES
    ('redis-server', 0, 100, 4294967296::UBIGINT), ('postgres', 1, 40, 8589934592::UBIGINT), ('nginx', 2, 100, 67108864::UBIGINT)
) AS programs (comm, target_id, hosts, resident_bytes);
CREATE TABLE looks AS
SELECT format('host{:03d}', h) AS host, comm, target_id::UBIGINT AS target_id, resident_bytes,
    TIMESTAMP '2026-11-01 00:00:00' + to_minutes(10 * m) AS "timestamp", (m * 600000000000)::BIGINT AS monotonic_ns,
    CASE WHEN comm = 'redis-server' THEN CASE WHEN m >= 144 THEN 1500 ELSE 1000 END WHEN comm = 'postgres' THEN 2000 ELSE 4000 END AS pages_10,
    CASE WHEN comm = 'postgres' THEN 1000 ELSE 0 END AS pages_120
FROM programs, range(100) hosts (h), range(288) minutes (m) WHERE h < programs.hosts;
COPY (
    SELECT host, "timestamp"::DATE AS date, 'r-' || host AS recording, "timestamp", monotonic_ns, target_id, -3600000000000::BIGINT AS since_ns,
        1::UINTEGER AS generation, 0::UINTEGER AS mapping, resident_bytes, 0::UINTEGER AS pages_unknown,
        pages_10::UINTEGER AS pages_100ms,
        0::UINTEGER AS pages_200ms, 0::UINTEGER AS pages_500ms, 0::UINTEGER AS pages_1s, 0::UINTEGER AS pages_2s, 0::UINTEGER AS pages_5s,
        0::UINTEGER AS pages_10s, 0::UINTEGER AS pages_20s, 0::UINTEGER AS pages_60s, pages_120::UINTEGER AS pages_120s,
        0::UINTEGER AS pages_300s, 0::UINTEGER AS pages_600s, 0::UINTEGER AS pages_1800s, 0::UINTEGER AS pages_3600s,
        (4000 - pages_10 - pages_120)::UINTEGER AS pages_longer
    FROM looks ORDER BY host, "timestamp", target_id
) TO 'dataset/idle' (FORMAT parquet, PARTITION_BY (host, date));
COPY (
    SELECT host, "timestamp"::DATE AS date, 'r-' || host AS recording, min("timestamp") AS "timestamp", min(monotonic_ns) AS monotonic_ns, target_id,
        (1000 + target_id)::INTEGER AS pid, 1::UBIGINT AS start_time_ticks, comm
    FROM looks GROUP BY ALL ORDER BY host
) TO 'dataset/targets' (FORMAT parquet, PARTITION_BY (host, date));
SELECT count(*) AS rows FROM looks;

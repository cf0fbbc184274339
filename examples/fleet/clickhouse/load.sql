-- DuckDB: a data set of Parquet files as CSV, for servers that do not read Parquet (before ClickHouse 19). Newer ones take it as it is:
--   INSERT INTO idle SELECT ... FROM file('dataset/idle/**/*.parquet')
COPY (
    SELECT host, date, recording, strftime("timestamp", '%Y-%m-%d %H:%M:%S') AS "timestamp", monotonic_ns, target_id, since_ns, generation, mapping, resident_bytes,
        pages_unknown, pages_100ms, pages_200ms, pages_500ms, pages_1s, pages_2s, pages_5s, pages_10s, pages_20s, pages_60s, pages_120s, pages_300s,
        pages_600s, pages_1800s, pages_3600s, pages_longer
    FROM read_parquet('dataset/idle/**/*.parquet', hive_partitioning = true)
) TO 'idle.csv' (FORMAT csv, HEADER);
COPY (
    SELECT host, date, recording, strftime("timestamp", '%Y-%m-%d %H:%M:%S') AS "timestamp", monotonic_ns, target_id, pid, start_time_ticks, comm
    FROM read_parquet('dataset/targets/**/*.parquet', hive_partitioning = true)
) TO 'targets.csv' (FORMAT csv, HEADER);
SELECT 1 AS loaded;

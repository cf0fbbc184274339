-- DuckDB: the views all queries of this folder read. One row of services is one look at one process: bytes, by how long they had been idle.
-- Idle for longer than the pages have been followed is not known: null then, never 0.
CREATE VIEW idle AS SELECT * FROM read_parquet('dataset/idle/**/*.parquet', hive_partitioning = true);
CREATE VIEW targets AS SELECT * FROM read_parquet('dataset/targets/**/*.parquet', hive_partitioning = true);
CREATE VIEW pages AS
SELECT host, date, recording, target_id, "timestamp", resident_bytes, (monotonic_ns - since_ns) / 1e9 AS followed_s,
    pages_100ms + pages_200ms + pages_500ms + pages_1s + pages_2s + pages_5s + pages_10s AS within_10s,
    pages_300s + pages_600s + pages_1800s + pages_3600s + pages_longer AS over_120s,
    pages_1800s + pages_3600s + pages_longer AS over_600s,
    pages_unknown + pages_100ms + pages_200ms + pages_500ms + pages_1s + pages_2s + pages_5s + pages_10s + pages_20s + pages_60s + pages_120s
        + pages_300s + pages_600s + pages_1800s + pages_3600s + pages_longer AS followed
FROM idle;
CREATE VIEW services AS
SELECT p.host, p.date, p.recording, p.target_id, t.comm AS service, p."timestamp", sum(resident_bytes)::DOUBLE AS resident_bytes,
    sum(CASE WHEN followed_s >= 10 THEN resident_bytes * within_10s / nullif(followed, 0) END) AS working_set_bytes,
    sum(CASE WHEN followed_s >= 120 THEN resident_bytes * over_120s / nullif(followed, 0) END) AS cold_120s_bytes,
    sum(CASE WHEN followed_s >= 600 THEN resident_bytes * over_600s / nullif(followed, 0) END) AS cold_600s_bytes
FROM pages p JOIN (SELECT host, date, recording, target_id, arg_max(comm, monotonic_ns) AS comm FROM targets GROUP BY ALL) t
    USING (host, date, recording, target_id)
GROUP BY ALL;

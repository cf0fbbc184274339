-- ClickHouse: run on each server. Rows of a host are on one shard; 'three' is the cluster of remote_servers in the configuration. What the
-- columns mean: docs/formats/parquet.md; columns that no query of this folder reads may be left out.
CREATE TABLE IF NOT EXISTS idle_local (
    host String, date Date, recording String, timestamp DateTime, monotonic_ns Int64, target_id UInt64, since_ns Int64, generation UInt32, mapping UInt32,
    resident_bytes UInt64, pages_unknown UInt32, pages_100ms UInt32, pages_200ms UInt32, pages_500ms UInt32, pages_1s UInt32, pages_2s UInt32, pages_5s UInt32,
    pages_10s UInt32, pages_20s UInt32, pages_60s UInt32, pages_120s UInt32, pages_300s UInt32, pages_600s UInt32, pages_1800s UInt32, pages_3600s UInt32,
    pages_longer UInt32
) ENGINE = MergeTree PARTITION BY date ORDER BY (host, target_id, timestamp);
CREATE TABLE IF NOT EXISTS targets_local (
    host String, date Date, recording String, timestamp DateTime, monotonic_ns Int64, target_id UInt64, pid Int32, start_time_ticks UInt64, comm String
) ENGINE = MergeTree PARTITION BY date ORDER BY (host, target_id, timestamp);
CREATE TABLE IF NOT EXISTS idle AS idle_local ENGINE = Distributed(three, default, idle_local, cityHash64(host));
CREATE TABLE IF NOT EXISTS targets AS targets_local ENGINE = Distributed(three, default, targets_local, cityHash64(host));
-- One row is one look at one process: bytes, by how long they had been idle. Idle for longer than the pages have been followed is not known: NULL then.
CREATE VIEW IF NOT EXISTS looks AS
SELECT host, date, recording, target_id, timestamp, sum(toFloat64(bytes)) AS resident_bytes,
    sum(if(followed_s >= 10, bytes * within_10s / followed, NULL)) AS working_set_bytes,
    sum(if(followed_s >= 120, bytes * over_120s / followed, NULL)) AS cold_120s_bytes,
    sum(if(followed_s >= 600, bytes * over_600s / followed, NULL)) AS cold_600s_bytes
FROM (
    SELECT host, date, recording, target_id, timestamp, resident_bytes AS bytes, (monotonic_ns - since_ns) / 1e9 AS followed_s,
        pages_100ms + pages_200ms + pages_500ms + pages_1s + pages_2s + pages_5s + pages_10s AS within_10s,
        pages_300s + pages_600s + pages_1800s + pages_3600s + pages_longer AS over_120s,
        pages_1800s + pages_3600s + pages_longer AS over_600s,
        pages_unknown + within_10s + pages_20s + pages_60s + pages_120s + over_120s AS followed
    FROM idle WHERE followed > 0
) GROUP BY host, date, recording, target_id, timestamp;
CREATE VIEW IF NOT EXISTS names AS
SELECT host, date, recording, target_id, argMax(comm, monotonic_ns) AS service FROM targets GROUP BY host, date, recording, target_id;

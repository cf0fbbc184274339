-- Trino, Hive connector, which has no unsigned types: what is unsigned 64 bits wide is read as BIGINT, as wide as any of these numbers is.
-- Columns are found by their names; those that no query of this folder reads are left out. hive.timestamp-precision = NANOSECONDS
USE hive.damon;
CREATE TABLE idle (
    recording VARCHAR, monotonic_ns BIGINT, target_id BIGINT, since_ns BIGINT, resident_bytes BIGINT, pages_unknown BIGINT, pages_100ms BIGINT, pages_200ms BIGINT,
    pages_500ms BIGINT, pages_1s BIGINT, pages_2s BIGINT, pages_5s BIGINT, pages_10s BIGINT, pages_20s BIGINT, pages_60s BIGINT, pages_120s BIGINT,
    pages_300s BIGINT, pages_600s BIGINT, pages_1800s BIGINT, pages_3600s BIGINT, pages_longer BIGINT, host VARCHAR, date DATE)
WITH (format = 'PARQUET', external_location = 's3a://bucket/dataset/idle', partitioned_by = ARRAY['host', 'date']);
CREATE TABLE targets (recording VARCHAR, monotonic_ns BIGINT, target_id BIGINT, comm VARCHAR, host VARCHAR, date DATE)
WITH (format = 'PARQUET', external_location = 's3a://bucket/dataset/targets', partitioned_by = ARRAY['host', 'date']);
CALL hive.system.sync_partition_metadata('damon', 'idle', 'ADD');
CALL hive.system.sync_partition_metadata('damon', 'targets', 'ADD');

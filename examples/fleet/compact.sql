-- Many small files of one day into one for each host: reads one day, writes it beside the data set. Move the folder over the old one when it is
-- complete; the names of files are of no meaning to readers, only those of folders are. Change the date.
COPY (SELECT * FROM read_parquet('dataset/idle/*/date=2026-11-01/*.parquet', hive_partitioning = true) ORDER BY host, "timestamp", target_id)
TO 'compacted/idle' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (host, date), OVERWRITE_OR_IGNORE);
SELECT count(*) AS rows FROM read_parquet('compacted/idle/**/*.parquet', hive_partitioning = true);

-- Spark SQL: the tables of the data set that services.sql reads. Nanoseconds come as plain numbers: Spark's timestamps have microseconds.
SET spark.sql.legacy.parquet.nanosAsLong = true;
CREATE TABLE idle USING parquet LOCATION '/data/dataset/idle';
CREATE TABLE targets USING parquet LOCATION '/data/dataset/targets';
MSCK REPAIR TABLE idle;
MSCK REPAIR TABLE targets;

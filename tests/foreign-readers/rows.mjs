// Prints what a reader written by others sees in a Parquet file, in one canonical form, so that a test can compare exactly.
//
//   node rows.mjs FILE... --reader hyparquet|duckdb [--what rows,schema,metadata,statistics]
//
// With several files or several things to print, each is preceded by a line "# WHAT FILE".
// One JSON array of strings per line; integers exact (never a float), null as null, booleans as true and false.
//   rows        one line per row, columns in the file's order
//   schema      [name, type as the reader understands it]
//   metadata    [key, value]
//   statistics  [row group, column, null count, min, max]
import fs from 'node:fs';
import process from 'node:process';

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const reader = option('--reader');
const sections = option('--what', 'rows').split(',');
const files = args;

const text = (value) => (value === null || value === undefined ? null : String(value));
let pending = [];
function print(...values) {
  pending.push(JSON.stringify(values.map(text)));
  if (pending.length >= 10000) {
    flush();
  }
}
function flush() {
  if (pending.length > 0) {
    write(pending.join('\n') + '\n');
  }
  pending = [];
}
// A pipe takes what it has room for.
function write(string) {
  for (let bytes = Buffer.from(string); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        throw error;
      }
    }
  }
}

async function hyparquet(file, what) {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const buffer = await asyncBufferFromFile(file);
  // Times as the plain integers that are in the file: a Date has no nanoseconds.
  const same = (value) => value;
  const parsers = {
    timestampFromMilliseconds: same,
    timestampFromMicroseconds: same,
    timestampFromNanoseconds: same,
    dateFromDays: same,
    stringFromBytes: (bytes) => bytes && new TextDecoder().decode(bytes),
  };
  const metadata = await parquetMetadataAsync(buffer, { parsers });
  const columns = metadata.schema.slice(1);
  if (what === 'rows') {
    for (const row of await parquetReadObjects({ file: buffer, metadata, compressors, parsers })) {
      print(...columns.map((column) => row[column.name]));
    }
  } else if (what === 'schema') {
    for (const column of columns) {
      const logical = column.logical_type ? JSON.stringify(column.logical_type) : '';
      print(column.name, `${column.type} ${column.repetition_type} ${logical}`.trim());
    }
  } else if (what === 'metadata') {
    for (const { key, value } of metadata.key_value_metadata ?? []) {
      print(key, value);
    }
  } else if (what === 'statistics') {
    metadata.row_groups.forEach((group, index) => {
      for (const { meta_data: chunk } of group.columns) {
        const { null_count: nulls, min_value: min, max_value: max } = chunk.statistics;
        print(index, chunk.path_in_schema[0], nulls, min, max);
      }
    });
  }
}

let connection;
async function duckdb(file, what) {
  if (!connection) {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    connection = await (await DuckDBInstance.create(':memory:')).connect();
  }
  const source = `'${file.replaceAll("'", "''")}'`;
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  const described = await rows(`DESCRIBE SELECT * FROM read_parquet(${source}, hive_partitioning = false)`);
  if (what === 'rows') {
    // Nanoseconds as an integer: epoch_ns is exact.
    const list = described.map(([name, type]) =>
      String(type).startsWith('TIMESTAMP') ? `epoch_ns("${name}")` : `"${name}"`);
    for (const row of await rows(`SELECT ${list.join(', ')} FROM read_parquet(${source}, hive_partitioning = false)`)) {
      print(...row);
    }
  } else if (what === 'schema') {
    described.forEach(([name, type]) => print(name, type));
  } else if (what === 'metadata') {
    (await rows(`SELECT decode(key), decode(value) FROM parquet_kv_metadata(${source})`)).forEach((row) => print(...row));
  } else if (what === 'statistics') {
    (await rows(`SELECT row_group_id, path_in_schema, stats_null_count, stats_min_value, stats_max_value
      FROM parquet_metadata(${source}) ORDER BY row_group_id, column_id`)).forEach((row) => print(...row));
  }
}

for (const file of files) {
  for (const what of sections) {
    if (files.length * sections.length > 1) {
      flush();
      write(`# ${what} ${file}\n`);
    }
    await (reader === 'hyparquet' ? hyparquet(file, what) : duckdb(file, what));
    flush();
  }
}

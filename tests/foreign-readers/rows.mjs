// Prints what a reader written by others sees in a Parquet file, in one canonical form, so that a test can compare exactly.
//
//   node rows.mjs FILE --reader hyparquet|duckdb [--what rows|schema|metadata|statistics]
//
// One JSON array of strings per line; integers exact (never a float), null as null, booleans as true and false.
//   rows        one line per row, columns in the file's order
//   schema      [name, type as the reader understands it]
//   metadata    [key, value]
//   statistics  [row group, column, null count, min, max]
import fs from 'node:fs';
import process from 'node:process';

const [file, ...options] = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = options.indexOf(name);
  return at < 0 ? otherwise : options[at + 1];
};
const reader = option('--reader');
const what = option('--what', 'rows');

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
    fs.writeSync(1, pending.join('\n') + '\n');
  }
  pending = [];
}

async function hyparquet() {
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

async function duckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const source = `'${file.replaceAll("'", "''")}'`;
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  const described = await rows(`DESCRIBE SELECT * FROM read_parquet(${source})`);
  if (what === 'rows') {
    // Nanoseconds as an integer: epoch_ns is exact.
    const list = described.map(([name, type]) =>
      String(type).startsWith('TIMESTAMP') ? `epoch_ns("${name}")` : `"${name}"`);
    for (const row of await rows(`SELECT ${list.join(', ')} FROM read_parquet(${source})`)) {
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

await (reader === 'hyparquet' ? hyparquet() : duckdb());
flush();

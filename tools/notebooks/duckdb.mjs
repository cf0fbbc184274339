// Runs SQL in DuckDB, for a Python that has neither duckdb nor pyarrow: the last query's rows travel as plain CSV.
//
//   node duckdb.mjs OUT.csv < SQL
//
// Statements end with a semicolon at the end of a line; the last one is a query. Prints one JSON object: column -> type.
import fs from 'node:fs';
import process from 'node:process';
import { createRequire } from 'node:module';

// Installed by: npm ci --prefix tests/foreign-readers
const require = createRequire(new URL('../../tests/foreign-readers/', import.meta.url));
const { DuckDBInstance } = require('@duckdb/node-api');

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const statements = fs.readFileSync(0, 'utf8').split(/;\s*$/m).map((text) => text.trim()).filter((text) => text !== '');
const query = statements.pop();
for (const statement of ["SET TimeZone = 'UTC'", ...statements]) {
  await connection.run(statement);
}
const described = await connection.runAndReadAll(`DESCRIBE ${query}`);
console.log(JSON.stringify(Object.fromEntries(described.getRows().map(([name, type]) => [name, type]))));
await connection.run(`COPY (${query}) TO '${process.argv[2].replaceAll("'", "''")}' (FORMAT csv, HEADER)`);

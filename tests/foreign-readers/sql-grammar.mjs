// Whether SQL keeps to the grammar of an engine, by parsers that others have written for its users' editors.
//
//   node sql-grammar.mjs spark|trino FILE...      a line for each mistake, FILE:LINE: what; exit status 1 when there are any
import fs from 'node:fs';
import { register } from 'node:module';
import process from 'node:process';

// The package is written for bundlers: its imports name no file endings.
register('data:text/javascript,' + encodeURIComponent(`
export async function resolve(specifier, context, next) {
  for (const ending of ['', '.js', '/index.js']) {
    try {
      return await next(specifier + ending, context);
    } catch (error) {
      if (ending === '/index.js') throw error;
    }
  }
}`));
const { SparkSQL, TrinoSQL } = await import('dt-sql-parser');

const [engine, ...files] = process.argv.slice(2);
const parser = { spark: new SparkSQL(), trino: new TrinoSQL() }[engine];
for (const file of files) {
  for (const mistake of parser.validate(fs.readFileSync(file, 'utf8'))) {
    console.log(`${file}:${mistake.startLine}: ${mistake.message}`);
    process.exitCode = 1;
  }
}

import { AddressAxis } from './address-axis.js';
import { Grid } from './grid.js';
import { colourTable } from './colours.js';
import { idle } from './when.js';

// The cells of one target's heatmap, and what is where.
export class HeatMap {
  static async open(report, target) {
    const map = new HeatMap();
    map.report = report;
    map.target = target;
    map.seconds = report.seconds;
    map.renamed = renamedRows(target.renamed);
    map.axis = new AddressAxis(target.bands);
    map.finest = shape(target.levels.at(-1));
    const [overview] = target.levels;
    map.levels = [{ ...shape(overview), heat: await Grid.unpack(overview.heat, overview.columns) }];
    map.scale = 'linear';
    map.recolour();
    return map;
  }

  /** Frequency, age and the finer levels: not needed for the first sight, so one after the other when there is time. */
  openRest() {
    this.rest ??= this.unpackRest();
    return this.rest;
  }

  async unpackRest() {
    const [overview, ...finer] = this.target.levels;
    Object.assign(this.levels[0], await unpack(overview, ['hz', 'age', 'resident', 'touched']));
    const { writes } = this.target;
    if (writes) this.writes = { ...shape(writes), ...await unpack(writes, ['share', 'low', 'high']) };
    for (const level of finer) this.levels.push({ ...shape(level), ...await unpack(level, ['heat', 'hz', 'age', 'resident', 'touched']) });
  }

  /** Whether the recording tells resident and unknown memory. */
  get knowsMemory() {
    return this.target.levels[0].resident !== undefined;
  }

  get hottest() {
    return this.levels[0].heat.most;
  }

  recolour() {
    this.colours = colourTable(this.report.palette, this.scale);
  }

  /** The coarsest level whose cells are not much larger than a pixel, else the finest. */
  levelFor(view, width, height) {
    return this.levels.find(level => {
      const columns = level.columns * (view.to - view.from) / this.seconds;
      const rows = level.rows.reduce((sum, one) => sum + one, 0) * (view.bottom - view.top);
      return columns * 3 >= width && rows * 3 >= height;
    }) ?? this.levels.at(-1);
  }

  columnAt(level, seconds) {
    const column = Math.floor(seconds / this.seconds * level.columns);
    return column >= 0 && column < level.columns ? column : -1;
  }

  rowAt(level, place) {
    const index = this.axis.bandAt(place);
    if (index < 0) return -1;
    const band = this.axis.bands[index];
    return level.firstRows[index] + Math.min(Math.floor((place - band.top) / band.height * level.rows[index]), level.rows[index] - 1);
  }

  /** All that is known of the cell at a place and time; null in a fold or outside. */
  cellAt(level, seconds, place) {
    const column = this.columnAt(level, seconds);
    const row = this.rowAt(level, place);
    if (column < 0 || row < 0) return null;
    const band = this.axis.bandAt(place);
    const inBand = row - level.firstRows[band];
    const { finest } = this;
    const named = finest.firstRows[band] + Math.min(Math.floor((inBand + 0.5) / level.rows[band] * finest.rows[band]), finest.rows[band] - 1);
    const [from, to] = [column / level.columns * this.seconds, (column + 1) / level.columns * this.seconds];
    return {
      ...this.axis.row(band, inBand, level.rows[band]),
      from,
      to,
      name: this.nameOf(named, (from + to) / 2),
      heat: level.heat.at(row, column),
      whyNot: level.heat.whyNot(row, column),
      hz: level.hz?.at(row, column) ?? null,
      age: level.age?.at(row, column) ?? null,
      resident: level.resident?.at(row, column) ?? null,
      touched: level.touched?.at(row, column) ?? null,
      writes: this.writesAt(seconds, place),
    };
  }

  /** Share of the sampled accesses that write, with its interval; null where none were sampled, undefined where nobody samples. */
  writesAt(seconds, place) {
    const { writes } = this;
    if (!writes) return undefined;
    const row = this.rowAt(writes, place);
    const column = this.columnAt(writes, seconds);
    const share = writes.share.at(row, column);
    return share === null ? null : { share, low: writes.low.at(row, column), high: writes.high.at(row, column) };
  }

  /** What a row of the finest level was called at a time. */
  nameOf(row, seconds) {
    const name = this.renamed.get(row)?.findLast(change => change.since <= seconds)?.name ?? this.target.rowNames[row];
    return this.target.names[name];
  }

  /** What an address was like at a time, on the finest level. */
  lookUp(address, seconds) {
    return this.cellAt(this.levels.at(-1), seconds, this.axis.placeOf(address));
  }
}

/** Changes of names by row, each in order of time, from triples of seconds, row and name. */
function renamedRows(triples) {
  const rows = new Map();
  for (let i = 0; i < triples.length; i += 3) {
    const [since, row, name] = triples.slice(i, i + 3);
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push({ since, name });
  }
  return rows;
}

async function unpack(level, names) {
  const grids = {};
  for (const name of names) {
    if (!level[name]) continue;
    await idle();
    grids[name] = await Grid.unpack(level[name], level.columns);
  }
  return grids;
}

function shape({ columns, rows }) {
  return { columns, rows, firstRows: firstRows(rows) };
}

/** First row of each band. */
function firstRows(rows) {
  let first = 0;
  return rows.map(count => (first += count) - count);
}

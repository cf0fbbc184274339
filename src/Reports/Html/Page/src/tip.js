import { address, percent, seconds, size, wall } from './format.js';

// Tooltips are built of text nodes: names come from other processes and are never markup.
export function tip(title, rows) {
  const root = document.createElement('div');
  root.className = 'tip';
  root.append(element('b', title));
  const list = document.createElement('dl');
  for (const [term, text] of rows) list.append(element('dt', term), element('dd', text));
  root.append(list);
  return root;
}

const reasons = {
  'no data': 'no data',
  'no memory': 'none: no memory here, neither hot nor cold',
  unknown: 'unknown: samples could tell nothing, it may be hot or cold',
};

export function cellTip(map, cell) {
  const rows = [['size', size(Number(cell.end - cell.start))], ['mapping', cell.name || 'unknown']];
  if (cell.resident !== null) rows.push(['resident', `${size(cell.resident)}, ${percent(cell.resident / Number(cell.end - cell.start))}`]);
  if (cell.whyNot) {
    rows.push(['heat', reasons[cell.whyNot]]);
  } else {
    rows.push(['heat', map.target.isShare ? `${percent(cell.heat)} of samples` : `${cell.heat.toFixed(2)} samples per aggregation`]);
    if (cell.touched !== null) rows.push(['touched per sampling interval', `${percent(cell.touched)} of what is known`]);
    if (cell.hz !== null) rows.push(['frequency', `${cell.hz.toFixed(2)} Hz`]);
    if (cell.age !== null) rows.push(['unchanged for', seconds(cell.age)]);
  }
  if (cell.writes !== undefined) rows.push(['writes', writesText(cell.writes)]);
  rows.push(['time', `${(cell.from + map.report.start).toFixed(3)} s to ${(cell.to + map.report.start).toFixed(3)} s`]);
  if (map.report.wallMs !== undefined) rows.push(['wall clock', `${wall(map.report.wallMs + cell.from * 1000)} UTC`]);
  return tip(`${address(cell.start)}-${address(cell.end)}`, rows);
}

function writesText(writes) {
  if (writes === null) return 'unknown: no access to the region was sampled';
  return `${percent(writes.share)} (${percent(writes.low)} to ${percent(writes.high)}) of the accesses to the region, sampled in 10 s`;
}

function element(name, text) {
  const result = document.createElement(name);
  result.textContent = text;
  return result;
}

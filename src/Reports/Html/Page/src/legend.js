import { placeOnRamp, ramp, rampTicks } from './colours.js';
import { percent } from './format.js';

/** What the colours of a heatmap mean. */
export function drawLegend(root, map) {
  const without = map.knowsMemory
    ? [swatch('var(--panel)', 'no memory'), swatch(hatched, 'unknown')]
    : [swatch('var(--panel)', 'no data')];
  root.replaceChildren(...without, swatch('var(--not-accessed)', 'not accessed'), rampBar(map));
}

const hatched = 'repeating-linear-gradient(-45deg, var(--unknown) 0 2px, transparent 2px 6px)';

function swatch(colour, text) {
  const root = document.createElement('span');
  const box = document.createElement('span');
  box.className = 'swatch';
  box.style.background = colour;
  root.append(box, text);
  return root;
}

function rampBar(map) {
  const root = document.createElement('div');
  root.className = 'ramp';
  const bar = document.createElement('i');
  bar.style.background = `linear-gradient(to right, ${ramp(map.report.palette).join(', ')})`;
  const ticks = document.createElement('span');
  for (const share of rampTicks(map.scale).filter(share => placeOnRamp(share || 1e-9, map.scale) >= 0)) {
    const tick = document.createElement('span');
    tick.textContent = map.target.isShare ? percent(share * map.hottest) : (share * map.hottest).toFixed(2);
    ticks.append(tick);
  }
  const unit = document.createElement('div');
  unit.textContent = map.target.isShare ? 'share of samples found accessed, mean of a cell' : 'samples found accessed per aggregation, mean of a cell';
  root.append(bar, ticks, unit);
  return root;
}

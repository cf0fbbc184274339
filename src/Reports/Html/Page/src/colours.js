import { Grid, noMemory } from './grid.js';

// Colours come from the style sheet, so that dark and light are defined once.
export function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function isDark() {
  return document.documentElement.dataset.theme === 'dark';
}

/** The ramp from little to much: on a light ground dark is hot. */
export function ramp(palette) {
  return isDark() ? palette.dark : palette.light;
}

/** A fill of diagonal lines for what is unknown: never mistaken for a heat. */
export function hatching() {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const context = tile.getContext('2d');
  context.strokeStyle = themeColour('unknown');
  context.lineWidth = 2;
  for (const shift of [-8, 0, 8]) {
    context.beginPath();
    context.moveTo(shift, 8);
    context.lineTo(shift + 8, 0);
    context.stroke();
  }
  return { image: tile, repeat: 'repeat' };
}

/** The colour of the lines of that hatching, as a pixel. */
export function unknownPixel() {
  return pack(...channels(themeColour('unknown')));
}

const decades = 3;

/** Place on the ramp of a share of the hottest, 0 to 1. */
export function placeOnRamp(share, scale) {
  return scale === 'log' ? Math.max(0, 1 + Math.log10(share) / decades) : share;
}

/** Shares of the hottest at the ticks of the legend. */
export function rampTicks(scale) {
  return scale === 'log' ? [0.001, 0.01, 0.1, 1] : [0, 0.25, 0.5, 0.75, 1];
}

/** The colour of every code of a grid, as little-endian RGBA. No data, no memory and unknown are transparent. */
export function colourTable(palette, scale) {
  const table = new Uint32Array(65536);
  const steps = rampSteps(ramp(palette).map(channels));
  table[1] = pack(...channels(themeColour('not-accessed')));
  for (let code = 2; code < noMemory; code++) {
    table[code] = steps[Math.round(placeOnRamp(Grid.share(code), scale) * (steps.length - 1))];
  }
  return table;
}

/** The ramp in more steps than a screen has shades. */
function rampSteps(colours) {
  return Uint32Array.from({ length: 1024 }, (_, step) => {
    const place = step / 1023 * (colours.length - 1);
    const below = Math.min(Math.floor(place), colours.length - 2);
    const part = place - below;
    return pack(...colours[below].map((from, channel) => Math.round(from + (colours[below + 1][channel] - from) * part)));
  });
}

function channels(hex) {
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
}

function pack(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

import { themeColour } from './colours.js';
import { wall } from './format.js';

/** The page's own. */
export const fontFamily = 'system-ui, "DejaVu Sans", Verdana, sans-serif';

export function axisStyle() {
  return {
    nameTextStyle: { color: themeColour('muted') },
    axisLine: { show: true, lineStyle: { color: themeColour('muted') } },
    axisTick: { show: true, lineStyle: { color: themeColour('muted') } },
    splitLine: { lineStyle: { color: themeColour('line') } },
  };
}

export function tooltipStyle() {
  return {
    backgroundColor: themeColour('panel'), borderColor: themeColour('line'), textStyle: { color: themeColour('text') }, confine: true,
  };
}

export function timeLabel(report, clock, seconds) {
  return clock === 'wall' ? wall(report.wallMs + seconds * 1000, report.seconds < 30) : String(+(seconds + report.start).toFixed(6));
}

/** Axis of bytes with ticks at powers of two times a round number. */
export function byteAxis(most) {
  let step = 1;
  while (step * 6 < most) step *= 2;
  return { min: 0, max: Math.ceil(most / step) * step || 1, interval: step };
}

import { echarts } from './echarts.js';
import { axisStyle, byteAxis, fontFamily, timeLabel, tooltipStyle } from './chart-style.js';
import { hatching, themeColour } from './colours.js';
import { size } from './format.js';
import { tip } from './tip.js';

const layers = [['hot', 'hot'], ['idle so far', 'soFar'], ['cold', 'cold'], ['unknown', 'unknown']];

// Resident memory by state over time, of all or of one mapping; beside it what is cold, with its interval.
export class StatesChart {
  constructor(section, report, states) {
    this.report = report;
    this.states = states;
    this.clock = 'relative';
    this.shown = states.of[0];
    this.chart = echarts.init(section.querySelector('.chart.states'), null, { renderer: 'canvas' });
    this.cold = echarts.init(section.querySelector('.chart.cold'), null, { renderer: 'canvas' });
    const select = section.querySelector('.mapping');
    select.replaceChildren(...states.of.map((one, i) => new Option(one.name, i)));
    select.addEventListener('change', () => { this.shown = states.of[select.value]; this.draw(); });
    this.draw();
  }

  /** Follows the time that the heatmap shows. */
  showTime(from, to) {
    for (const chart of [this.chart, this.cold]) chart.dispatchAction({ type: 'dataZoom', startValue: from, endValue: to });
  }

  draw() {
    this.chart.setOption(this.option(this.stack(), this.resident(), layers.map(([name]) => name)), { notMerge: true });
    this.cold.setOption(this.option(this.coldLines(), this.shown.cold, ['cold']), { notMerge: true });
  }

  resident() {
    return this.states.t.map((_, i) => layers.reduce((sum, [, field]) => sum + this.shown[field][i], 0));
  }

  stack() {
    return layers.map(([name, field]) => {
      const fill = field === 'unknown' ? hatching() : themeColour(field === 'soFar' ? 'so-far' : field);
      return {
        ...this.line(name, this.shown[field], fill), stack: 'memory', lineStyle: { width: 0 }, areaStyle: { color: fill, opacity: 1 },
        itemStyle: { color: fill },
      };
    });
  }

  /** Only where it is known: before, memory is idle so far. */
  coldLines() {
    const { shown } = this;
    const known = i => shown.soFar[i] === 0;
    const cold = shown.cold.map((bytes, i) => (known(i) ? bytes : null));
    const line = { ...this.line('cold', cold, themeColour('cold')), lineStyle: { width: 2 } };
    if (!shown.hotLow) return [line];
    const told = shown.cold.map((bytes, i) => bytes + shown.hot[i]);
    const low = told.map((bytes, i) => (known(i) ? Math.max(0, bytes - shown.hotHigh[i]) : null));
    const high = told.map((bytes, i) => (known(i) ? Math.max(0, bytes - shown.hotLow[i]) - low[i] : null));
    const quiet = { stack: 'interval', silent: true, lineStyle: { opacity: 0 } };
    return [
      line, { ...this.line('least', low, themeColour('cold')), ...quiet },
      { ...this.line('spread', high, themeColour('cold')), ...quiet, areaStyle: { opacity: 0.3 } },
    ];
  }

  line(name, values, colour) {
    return { name, type: 'line', showSymbol: false, symbol: 'circle', color: colour, data: this.states.t.map((time, i) => [time, values[i]]) };
  }

  option(series, sizes, names) {
    return {
      animation: false,
      textStyle: { fontFamily },
      aria: { enabled: true },
      grid: { left: 76, right: 20, top: 40, bottom: 48 },
      legend: { top: 4, left: 0, itemWidth: 18, textStyle: { color: themeColour('text') }, inactiveColor: themeColour('line'), icon: 'rect', data: names },
      tooltip: { trigger: 'axis', ...tooltipStyle(), axisPointer: { type: 'line' }, formatter: points => this.tip(points[0].dataIndex) },
      dataZoom: [{ type: 'inside', xAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: false, moveOnMouseMove: false }],
      xAxis: {
        type: 'value', min: 0, max: this.report.seconds, ...axisStyle(), nameLocation: 'middle', nameGap: 28, splitLine: { show: false },
        name: this.clock === 'wall' ? 'wall clock (UTC)' : 'time since the recording began (s)',
        axisLabel: { color: themeColour('muted'), hideOverlap: true, showMaxLabel: false, formatter: value => timeLabel(this.report, this.clock, value) },
      },
      yAxis: { type: 'value', ...byteAxis(Math.max(1, ...sizes)), ...axisStyle(), axisLabel: { color: themeColour('muted'), formatter: value => size(value, 0) } },
      series,
    };
  }

  tip(i) {
    const { shown, states } = this;
    const hot = shown.hotLow ? `${size(shown.hot[i])} (${size(shown.hotLow[i])} to ${size(shown.hotHigh[i])})` : size(shown.hot[i]);
    const rows = [['resident', size(this.resident()[i])], ['hot', hot], ['cold', size(shown.cold[i])], ['unknown', size(shown.unknown[i])]];
    if (shown.soFar[i] > 0) rows.splice(2, 1, ['idle so far', size(shown.soFar[i])]);
    return tip(`${(states.t[i] + this.report.start).toFixed(3)} s: ${shown.name}`, rows);
  }
}

import { echarts } from './echarts.js';
import { axisStyle, byteAxis, fontFamily, timeLabel, tooltipStyle } from './chart-style.js';
import { themeColour } from './colours.js';
import { size } from './format.js';
import { tip } from './tip.js';

const held = [['RSS', 'rss', 'solid'], ['PSS', 'pss', 'dashed'], ['swap', 'swap', 'dotted'], ['VSZ', 'vsz', 'dashed']];

// What a target uses (its working set) beside what it holds (its footprint), over time.
export class MemoryChart {
  constructor(section, report, target) {
    this.report = report;
    this.target = target;
    this.clock = 'relative';
    this.chart = echarts.init(section.querySelector('.memory'), null, { renderer: 'canvas' });
    this.draw();
  }

  /** Follows the time that the heatmap shows. */
  showTime(from, to) {
    this.chart.dispatchAction({ type: 'dataZoom', startValue: from, endValue: to });
  }

  draw() {
    this.chart.setOption(this.option(), { notMerge: true });
  }

  option() {
    const series = this.series();
    const most = Math.max(1, ...series.filter(one => one.name !== 'VSZ').flatMap(one => one.data.map(point => point[1] ?? 0)));
    return {
      animation: false,
      textStyle: { fontFamily },
      aria: { enabled: true },
      grid: { left: 84, right: 24, top: 40, bottom: 48 },
      legend: { top: 4, left: 76, itemWidth: 26, textStyle: { color: themeColour('text') }, inactiveColor: themeColour('line'), selected: { VSZ: false }, data: series.filter(one => !one.quiet).map(one => one.name) },
      tooltip: { trigger: 'axis', ...tooltipStyle(), axisPointer: { type: 'line' }, formatter: points => this.tip(points) },
      dataZoom: [{ type: 'inside', xAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: false, moveOnMouseMove: false }],
      xAxis: {
        type: 'value', min: 0, max: this.report.seconds, ...axisStyle(), nameLocation: 'middle', nameGap: 28, splitLine: { show: false },
        name: this.clock === 'wall' ? 'wall clock (UTC)' : 'time since the recording began (s)',
        axisLabel: { color: themeColour('muted'), hideOverlap: true, showMaxLabel: false, formatter: value => timeLabel(this.report, this.clock, value) },
      },
      yAxis: { type: 'value', ...byteAxis(most), ...axisStyle(), axisLabel: { color: themeColour('muted'), formatter: value => size(value, 0) } },
      series,
    };
  }

  series() {
    const { wss, footprint } = this.target;
    const used = line('working set', wss.t, wss.mean, 1, 'solid');
    used.areaStyle = { opacity: wss.least ? 0 : 0.18 };
    const result = [used];
    if (wss.least) {
      // Of a long recording each point stands for many snapshots: the band is from the least to the most of them.
      const quiet = { quiet: true, stack: 'spread', silent: true, lineStyle: { opacity: 0 } };
      result.push({ ...line('least', wss.t, wss.least, 1, 'solid'), ...quiet });
      result.push({ ...line('spread', wss.t, wss.most.map((most, i) => most - wss.least[i]), 1, 'solid'), ...quiet, areaStyle: { opacity: 0.18 } });
    }
    held.forEach(([name, field, type], i) => {
      if (footprint[field].some(value => value !== null)) result.push(line(name, footprint.t, footprint[field], i + 2, type));
    });
    return result;
  }

  tip(points) {
    const shown = points.filter(point => point.seriesName !== 'least' && point.seriesName !== 'spread');
    if (shown.length === 0) return '';
    return tip(`${(shown[0].value[0] + this.report.start).toFixed(3)} s`, shown.map(point => [point.seriesName, point.value[1] === null ? 'unknown' : size(point.value[1])]));
  }
}

function line(name, times, values, colour, type) {
  return {
    name, type: 'line', showSymbol: false, data: times.map((time, i) => [time, values[i]]),
    color: themeColour(`series-${colour}`), lineStyle: { width: 2, type }, symbol: 'circle',
  };
}

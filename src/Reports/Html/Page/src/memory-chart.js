import { echarts } from './echarts.js';
import { axisStyle, byteAxis, fontFamily, timeLabel, tooltipStyle } from './chart-style.js';
import { themeColour } from './colours.js';
import { size } from './format.js';
import { tip } from './tip.js';

const rule = "damo's rule";
const estimated = 'estimate per sampling interval';
const held = [['RSS', 'rss', 'solid', 2], ['PSS', 'pss', 'dashed', 3], ['swap', 'swap', 'dotted', 5], ['VSZ', 'vsz', 'dashed', 5]];

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
    // The legend takes a second line there.
    const narrow = this.chart.getWidth() < 800;
    return {
      animation: false,
      textStyle: { fontFamily },
      aria: { enabled: true },
      grid: { left: 76, right: 24, top: narrow ? 64 : 40, bottom: 48 },
      legend: { top: 4, left: narrow ? 0 : 68, itemWidth: narrow ? 16 : 26, textStyle: { color: themeColour('text') }, inactiveColor: themeColour('line'), selected: { VSZ: false }, data: series.filter(one => !one.quiet).map(one => one.name) },
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
    const result = [line(rule, wss.t, wss.mean, 1, 'solid')];
    if (wss.estimate) {
      const { bytes, low, high } = wss.estimate;
      result.push(...band(wss.t, low, high, 4), line(estimated, wss.t, bytes, 4, 'solid'));
    } else if (wss.least) {
      // Of a long recording each point stands for many snapshots: the band is from the least to the most of them.
      result.push(...band(wss.t, wss.least, wss.most, 1));
    } else {
      result[0].areaStyle = { opacity: 0.18 };
    }
    held.forEach(([name, field, type, colour]) => {
      if (footprint[field].some(value => value !== null)) result.push(line(name, footprint.t, footprint[field], colour, type));
    });
    return result;
  }

  tip(points) {
    const shown = points.filter(point => point.seriesName !== 'least' && point.seriesName !== 'spread');
    if (shown.length === 0) return '';
    const { estimate } = this.target.wss;
    const rows = shown.flatMap(({ seriesName, value, dataIndex }) => {
      const row = [seriesName, value[1] === null ? 'unknown' : size(value[1])];
      if (seriesName !== estimated || value[1] === null) return [row];
      const interval = ['95 % interval', `${size(estimate.low[dataIndex])} to ${size(estimate.high[dataIndex])}`];
      return estimate.unknown[dataIndex] > 0 ? [row, interval, ['unknown on top', size(estimate.unknown[dataIndex])]] : [row, interval];
    });
    return tip(`${(shown[0].value[0] + this.report.start).toFixed(3)} s`, rows);
  }
}

/** Two lines that are not seen with the space between them filled. */
function band(times, low, high, colour) {
  const quiet = { quiet: true, stack: 'spread', silent: true, lineStyle: { opacity: 0 } };
  const height = high.map((most, i) => (most === null ? null : most - low[i]));
  return [{ ...line('least', times, low, colour, 'solid'), ...quiet }, { ...line('spread', times, height, colour, 'solid'), ...quiet, areaStyle: { opacity: 0.25 } }];
}

function line(name, times, values, colour, type) {
  return {
    name, type: 'line', showSymbol: false, data: times.map((time, i) => [time, values[i]]),
    color: themeColour(`series-${colour}`), lineStyle: { width: 2, type }, symbol: 'circle',
  };
}

import { echarts } from './echarts.js';
import { axisStyle, byteAxis, fontFamily, tooltipStyle } from './chart-style.js';
import { themeColour } from './colours.js';
import { size } from './format.js';
import { tip } from './tip.js';

// The distribution of the working set size: in how many per cent of the snapshots it was at most so large.
export class SpreadChart {
  constructor(section, target) {
    this.target = target;
    this.chart = echarts.init(section.querySelector('.spread'), null, { renderer: 'canvas' });
    this.draw();
  }

  draw() {
    const { percentiles, estimate } = this.target.wss;
    const curves = [["damo's rule", percentiles, 1], ...(estimate ? [['estimate', estimate.percentiles, 4]] : [])];
    this.chart.setOption({
      animation: false,
      textStyle: { fontFamily },
      aria: { enabled: true },
      grid: { left: 76, right: 16, top: 40, bottom: 48 },
      title: undefined,
      tooltip: { trigger: 'axis', ...tooltipStyle(), formatter: points => tip(`percentile ${points[0].value[0]}`, points.map(point => [point.seriesName, size(point.value[1])])) },
      xAxis: { type: 'value', min: 0, max: 100, ...axisStyle(), interval: 25, name: 'percentile of snapshots (%)', nameLocation: 'middle', nameGap: 28, splitLine: { show: false }, axisLabel: { color: themeColour('muted') } },
      yAxis: { type: 'value', ...byteAxis(Math.max(1, ...curves.flatMap(([, sizes]) => sizes))), ...axisStyle(), name: 'working set', nameTextStyle: { color: themeColour('muted'), align: 'left' }, axisLabel: { color: themeColour('muted'), formatter: value => size(value, 0) } },
      series: curves.map(([name, sizes, colour]) => ({
        name, type: 'line', step: 'start', showSymbol: false, data: sizes.map((bytes, i) => [i, bytes]),
        color: themeColour(`series-${colour}`), lineStyle: { width: 2 }, areaStyle: { opacity: colour === 1 ? 0.12 : 0 },
      })),
    }, { notMerge: true });
  }
}

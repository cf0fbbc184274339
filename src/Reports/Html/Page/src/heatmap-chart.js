import { echarts } from './echarts.js';
import { themeColour } from './colours.js';
import { address, wall } from './format.js';
import { drawLegend } from './legend.js';
import { paint } from './paint.js';
import { axisStyle, fontFamily, timeLabel, tooltipStyle } from './chart-style.js';
import { cellTip } from './tip.js';

const wide = { left: 126, right: 56, top: 22, bottom: 76 };
const narrow = { ...wide, left: 116, right: 40 };
const page = 4096n; // labels are for borders of pages
const closest = 0.002; // the smallest part of either axis that zooming shows
const ruler = document.createElement('canvas').getContext('2d');

// Heat over time and address: zooms, moves, tells what is under the pointer or the keyboard's cursor.
export class HeatmapChart {
  constructor(section, map) {
    this.map = map;
    this.root = section.querySelector('.heatmap');
    this.legend = section.querySelector('.legend');
    this.chart = echarts.init(this.root, null, { renderer: 'canvas' });
    this.pointer = null;
    this.clock = 'relative';
    this.chart.getZr().on('mousemove', event => { this.pointer = [event.offsetX, event.offsetY]; });
    this.chart.on('datazoom', () => this.showAddressLabels());
    this.draw();
  }

  get grid() {
    return this.chart.getWidth() < 480 ? narrow : wide;
  }

  /** What is in view: seconds, and places on the address axis. */
  view() {
    const [x, y] = this.chart.getOption().dataZoom;
    return { from: x.start / 100 * this.map.seconds, to: x.end / 100 * this.map.seconds, top: y.start / 100, bottom: y.end / 100 };
  }

  show({ from, to, top, bottom }) {
    this.chart.dispatchAction({
      type: 'dataZoom',
      batch: [
        { dataZoomIndex: 0, start: from / this.map.seconds * 100, end: to / this.map.seconds * 100 },
        { dataZoomIndex: 1, start: top * 100, end: bottom * 100 },
      ],
    });
  }

  showAll() {
    this.show({ from: 0, to: this.map.seconds, top: 0, bottom: 1 });
  }

  /** Shows a range of addresses with a third of its size around it, over all the time; no fold, which would be as large as the range when it is small. */
  showRange(start, end) {
    const top = this.map.axis.placeOf(start);
    const bottom = this.map.axis.placeOf(end);
    const margin = Math.max((bottom - top) / 3, closest);
    const bands = this.map.axis.bands.filter(band => band.top < bottom && band.top + band.height > top);
    this.show({
      from: 0,
      to: this.map.seconds,
      top: Math.max(bands[0]?.top ?? 0, top - margin),
      bottom: Math.min(bands.length > 0 ? bands.at(-1).top + bands.at(-1).height : 1, bottom + margin),
    });
  }

  /** Zooms both axes about the cursor, or the middle. */
  zoom(factor) {
    const view = this.view();
    const [time, place] = this.pointer ? this.chart.convertFromPixel({ gridIndex: 0 }, this.pointer) : [null, null];
    const scale = (from, to, about, whole) => {
      const length = Math.min(Math.max((to - from) * factor, whole * closest), whole);
      const middle = about !== null && about >= from && about <= to ? about : (from + to) / 2;
      const start = Math.min(Math.max(0, middle - (middle - from) / (to - from) * length), whole - length);
      return [start, start + length];
    };
    const [from, to] = scale(view.from, view.to, time, this.map.seconds);
    const [top, bottom] = scale(view.top, view.bottom, place, 1);
    this.show({ from, to, top, bottom });
  }

  /** Moves the cursor by pixels and tells what is there. */
  moveCursor(dx, dy) {
    const { grid } = this;
    const area = { width: this.chart.getWidth() - grid.left - grid.right, height: this.chart.getHeight() - grid.top - grid.bottom };
    const [x, y] = this.pointer ?? [grid.left + area.width / 2, grid.top + area.height / 2];
    this.pointer = [
      Math.min(Math.max(x + dx, grid.left + 1), grid.left + area.width - 1),
      Math.min(Math.max(y + dy, grid.top + 1), grid.top + area.height - 1),
    ];
    this.chart.dispatchAction({ type: 'showTip', x: this.pointer[0], y: this.pointer[1] });
  }

  /** Draws everything anew, e.g. in other colours. */
  draw() {
    const view = this.chart.getOption() ? this.view() : { from: 0, to: this.map.seconds, top: 0, bottom: 1 };
    this.map.recolour();
    this.chart.setOption(this.option(view), { notMerge: true });
    drawLegend(this.legend, this.map);
  }

  showAddressLabels() {
    const customValues = this.addressTicks(this.view());
    this.chart.setOption({ yAxis: { axisTick: { customValues }, axisLabel: { customValues } } });
  }

  addressTicks({ top, bottom }) {
    const room = Math.max(4, Math.floor((this.chart.getHeight() - this.grid.top - this.grid.bottom) / 26));
    return this.map.axis.ticks(top, bottom, room);
  }

  option(view) {
    const { map } = this;
    const customValues = this.addressTicks(view);
    const time = { start: view.from / map.seconds * 100, end: view.to / map.seconds * 100 };
    const place = { start: view.top * 100, end: view.bottom * 100 };
    return {
      animation: false,
      textStyle: { fontFamily },
      aria: { enabled: true, label: { description: `Heatmap of ${map.target.title}: heat over time and address.` } },
      grid: { ...this.grid, show: true, borderColor: themeColour('line') },
      tooltip: { trigger: 'item', ...tooltipStyle(), transitionDuration: 0, formatter: () => this.tip() },
      xAxis: {
        type: 'value', min: 0, max: map.seconds, ...axisStyle(), nameLocation: 'middle', nameGap: 28,
        name: this.clock === 'wall' ? 'wall clock (UTC)' : 'time since the recording began (s)',
        axisLabel: { color: themeColour('muted'), hideOverlap: true, showMaxLabel: false, formatter: value => timeLabel(map.report, this.clock, value) },
        splitLine: { show: false },
        axisPointer: { show: true, triggerTooltip: false, label: { formatter: ({ value }) => this.clock === 'wall' ? wall(map.report.wallMs + value * 1000) : `${(value + map.report.start).toFixed(3)} s` } },
      },
      yAxis: {
        type: 'value', min: 0, max: 1, inverse: true, ...axisStyle(), name: 'address', nameLocation: 'end', nameGap: 0, nameTextStyle: { color: 'transparent' },
        axisTick: { lineStyle: { color: themeColour('muted') }, customValues },
        axisLabel: { customValues, color: themeColour('muted'), fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, monospace', fontSize: 11, formatter: place => this.addressLabel(place) },
        splitLine: { show: false },
        axisPointer: { show: true, triggerTooltip: false, label: { formatter: ({ value }) => this.addressLabel(value) || 'left out' } },
      },
      dataZoom: [
        { type: 'inside', xAxisIndex: 0, ...time, filterMode: 'none', minSpan: closest * 100, zoomOnMouseWheel: true, moveOnMouseMove: true, throttle: 30 },
        { type: 'inside', yAxisIndex: 0, ...place, filterMode: 'none', minSpan: closest * 100, zoomOnMouseWheel: 'shift', moveOnMouseMove: true, throttle: 30 },
        { type: 'slider', xAxisIndex: 0, ...time, filterMode: 'none', bottom: 8, height: 18, showDetail: false, showDataShadow: false, ...sliderStyle() },
        { type: 'slider', yAxisIndex: 0, ...place, filterMode: 'none', right: 12, width: 18, showDetail: false, showDataShadow: false, ...sliderStyle() },
      ],
      series: [{
        type: 'custom', clip: false, encode: { x: [0, 2], y: [1, 3] }, data: [[0, 0, map.seconds, 1]],
        renderItem: (parameters, api) => this.render(parameters.coordSys, api),
      }],
    };
  }

  addressLabel(place) {
    const value = this.map.axis.addressAt(Math.min(place, 1 - 1e-9));
    return value === null ? '' : address(((value + page / 2n) / page) * page);
  }

  tip() {
    const [seconds, place] = this.chart.convertFromPixel({ gridIndex: 0 }, this.pointer);
    const cell = this.map.cellAt(this.shown, seconds, place);
    if (cell) return cellTip(this.map, cell);
    const next = this.map.axis.bands.find(band => band.top > place);
    return next ? `left out: ${next.fold}` : '';
  }

  render(area, api) {
    const [left, top] = api.coord([0, 0]);
    const [right, bottom] = api.coord([this.map.seconds, 1]);
    const seconds = x => (x - left) / (right - left) * this.map.seconds;
    const place = y => (y - top) / (bottom - top);
    const view = { from: seconds(area.x), to: seconds(area.x + area.width), top: place(area.y), bottom: place(area.y + area.height) };
    const width = Math.round(area.width * devicePixelRatio);
    const height = Math.round(area.height * devicePixelRatio);
    this.shown = this.map.levelFor(view, width, height);
    const image = { type: 'image', style: { image: paint(this.map, view, width, height), x: area.x, y: area.y, width: area.width, height: area.height } };
    return { type: 'group', children: [image, ...this.bandTexts(area, y => top + y * (bottom - top))] };
  }

  /** In the fold above each band: what it is, and, where there is room for both, what the fold leaves out; the pointer tells it anyway. */
  bandTexts(area, pixel) {
    return this.map.axis.bands.flatMap(band => {
      const y = pixel(band.top) - 3;
      if (y < area.y - 4 || y > area.y + area.height) return [];
      const style = { y, fontSize: 11, fontFamily, textVerticalAlign: 'bottom' };
      const name = { ...style, text: band.text, x: area.x, fill: themeColour('text'), width: area.width, overflow: 'truncate' };
      const fold = { ...style, text: `~ ${band.fold} ~`, x: area.x + area.width, align: 'right', fill: themeColour('muted') };
      const fits = band.fold && textWidth(`${name.text}   ${fold.text}`) <= area.width;
      return (fits ? [name, fold] : [name]).map(text => ({ type: 'text', silent: true, style: text }));
    });
  }
}

function textWidth(text) {
  ruler.font = `11px ${fontFamily}`;
  return ruler.measureText(text).width;
}

function sliderStyle() {
  return {
    borderColor: themeColour('line'), backgroundColor: 'transparent', fillerColor: themeColour('accent') + '33',
    handleStyle: { color: themeColour('panel'), borderColor: themeColour('accent') }, moveHandleStyle: { color: themeColour('accent') },
    brushSelect: false,
  };
}

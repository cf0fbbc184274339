import { HeatMap } from './heat-map.js';
import { HeatmapChart } from './heatmap-chart.js';
import { MemoryChart } from './memory-chart.js';
import { SpreadChart } from './spread-chart.js';
import { StatesChart } from './states-chart.js';
import { painted } from './when.js';

const step = 8; // pixels that an arrow key moves the cursor

// The charts of one target and what operates them.
export class TargetView {
  static async open(section, report, target) {
    const view = new TargetView();
    view.section = section;
    view.heatmap = new HeatmapChart(section, await HeatMap.open(report, target));
    performance.mark('damon-trace-heatmap');
    await painted();
    view.memory = new MemoryChart(section, report, target);
    view.spread = new SpreadChart(section, target);
    view.states = target.states ? new StatesChart(section, report, target.states) : null;
    view.listen();
    return view;
  }

  get charts() {
    return [this.heatmap, this.memory, this.spread, this.states].filter(Boolean);
  }

  draw() {
    for (const chart of this.charts) chart.draw();
  }

  resize() {
    for (const { chart } of this.charts) chart.resize();
    this.states?.cold.resize();
    this.heatmap.showAddressLabels();
  }

  listen() {
    const find = selector => this.section.querySelector(selector);
    const { heatmap, memory, states } = this;
    find('.zoom-in').addEventListener('click', () => heatmap.zoom(0.5));
    find('.zoom-out').addEventListener('click', () => heatmap.zoom(2));
    find('.zoom-reset').addEventListener('click', () => heatmap.showAll());
    find('.scale').addEventListener('change', event => { heatmap.map.scale = event.target.value; heatmap.draw(); });
    find('.clock').addEventListener('change', event => { for (const chart of this.charts) chart.clock = event.target.value; this.draw(); });
    if (heatmap.map.report.wallMs === undefined) find('.clock').closest('label').hidden = true;
    heatmap.chart.on('datazoom', () => { const { from, to } = heatmap.view(); memory.showTime(from, to); states?.showTime(from, to); });
    heatmap.root.addEventListener('keydown', event => this.onKey(event));
    for (const button of this.section.querySelectorAll('.range')) {
      button.addEventListener('click', () => {
        heatmap.showRange(BigInt('0x' + button.dataset.start), BigInt('0x' + button.dataset.end));
        this.showWho(button.dataset.start);
        heatmap.root.scrollIntoView({ block: 'center', behavior: 'smooth' });
        heatmap.root.focus({ preventScroll: true });
      });
    }
  }

  // Who accesses a range, where that was sampled: below the heatmap, the others closed.
  showWho(start) {
    const ranges = [...this.section.querySelectorAll('.who details')];
    if (!ranges.some(range => range.dataset.start === start)) return;
    for (const range of ranges) range.open = range.dataset.start === start;
  }

  onKey(event) {
    const { heatmap } = this;
    const keys = {
      ArrowLeft: () => heatmap.moveCursor(-step, 0), ArrowRight: () => heatmap.moveCursor(step, 0),
      ArrowUp: () => heatmap.moveCursor(0, -step), ArrowDown: () => heatmap.moveCursor(0, step),
      '+': () => heatmap.zoom(0.5), '=': () => heatmap.zoom(0.5), '-': () => heatmap.zoom(2), 0: () => heatmap.showAll(),
    };
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  }
}

import { followTheme } from './theme.js';
import { TargetView } from './target-view.js';
import { painted } from './when.js';

const report = JSON.parse(document.getElementById('data').textContent);
const sections = [...document.querySelectorAll('section.target')];
const tabs = [...document.querySelectorAll('.tab')];
const views = [];
const opening = [];

document.documentElement.classList.add('charts');
followTheme(() => views.forEach(view => view?.draw()));

// Charts of a target are made when it is first looked at.
async function show(index) {
  sections.forEach((section, i) => { section.hidden = i !== index; });
  tabs.forEach((tab, i) => tab.setAttribute('aria-pressed', String(i === index)));
  views[index]?.resize();
  opening[index] ??= TargetView.open(sections[index], report, report.targets[index]);
  views[index] = await opening[index];
}

tabs.forEach((tab, i) => tab.addEventListener('click', async () => {
  await show(i);
  await views[i].heatmap.map.openRest();
}));
addEventListener('resize', () => views.forEach((view, i) => { if (!sections[i].hidden) view?.resize(); }));

// For scripts that look at the report: the views, and a promise of when all of it can be asked. How far the
// page is stands in its performance marks, too: damon-trace-heatmap, damon-trace-drawn, damon-trace-ready.
window.damonTrace = { views, ready: start() };

async function start() {
  await show(0);
  await painted();
  performance.mark('damon-trace-drawn');
  await views[0].heatmap.map.openRest();
  performance.mark('damon-trace-ready');
}

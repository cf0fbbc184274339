import { followTheme } from './theme.js';
import { TargetView } from './target-view.js';

const report = JSON.parse(document.getElementById('data').textContent);
const sections = [...document.querySelectorAll('section.target')];
const tabs = [...document.querySelectorAll('.tab')];
const views = [];

document.documentElement.classList.add('charts');
followTheme(() => views.forEach(view => view?.draw()));

// Charts of a target are made when it is first looked at.
async function show(index) {
  sections.forEach((section, i) => { section.hidden = i !== index; });
  tabs.forEach((tab, i) => tab.setAttribute('aria-pressed', String(i === index)));
  if (views[index]) views[index].resize();
  else views[index] = await TargetView.open(sections[index], report, report.targets[index]);
}

tabs.forEach((tab, i) => tab.addEventListener('click', () => show(i)));
addEventListener('resize', () => views.forEach((view, i) => { if (!sections[i].hidden) view?.resize(); }));

// For scripts that look at the report: the views, and when the first one was drawn.
window.damonTrace = { views };
show(0).then(() => requestAnimationFrame(() => setTimeout(() => performance.mark('damon-trace-drawn'))));

// What a report costs to open, by CPU time, whatever else the machine is doing: node --experimental-websocket cost.mjs PAGE.html
//
// Prints one JSON object: for first-contentful-paint and each performance mark, wall milliseconds since navigation and CPU milliseconds of
// the page's process, less those it had used when it was blank. Only Chromium's performance counters are on: look.mjs's driver
// runs scripts of its own, and with it Chromium decodes every page a second time when it was loaded.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(file => fs.existsSync(file));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'damon-trace-chromium-'));
const browser = spawn(executable, [
  '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--window-size=1360,1000',
  '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank',
], { stdio: 'ignore' });
const gone = new Promise(resolve => { browser.once('exit', resolve); });
try {
  console.log(JSON.stringify(await cost(pathToFileURL(path.resolve(process.argv[2])).href)));
} finally {
  browser.kill();
  await gone;
  await remove(profile);
}

/** Chromium's other processes go on writing for a moment. */
async function remove(folder) {
  for (let attempt = 1; ; attempt++) {
    try {
      return fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 20) {
        throw error;
      }
      await sleep(100);
    }
  }
}

async function cost(url) {
  const page = await connect();
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });
  await sleep(2000); // until the blank page is at rest
  const blank = await measure(page);
  await page.send('Page.navigate', { url });
  const samples = [];
  // An answer may be lost where the blank page gives way to the report.
  const isDone = async () => (await ask(page, 'performance.getEntriesByName("damon-trace-ready").length').catch(() => 0)) > 0;
  for (const end = Date.now() + 60_000; Date.now() < end && !await isDone();) {
    samples.push(await measure(page));
    await sleep(5);
  }
  samples.push(await measure(page));
  const marks = await ask(page, '[...performance.getEntriesByName("first-contentful-paint"), ...performance.getEntriesByType("mark")].map(({ name, startTime }) => [name, startTime])');
  const result = { load: os.loadavg()[0] };
  for (const [name, wall] of marks) {
    const { NavigationStart } = samples.at(-1);
    const after = samples.find(one => one.NavigationStart === NavigationStart && (one.Timestamp - NavigationStart) * 1000 >= wall);
    result[name] = { wall: Math.round(wall), cpu: Math.round((after.ProcessTime - blank.ProcessTime) * 1000) };
  }
  return result;
}

async function measure(page) {
  const { metrics } = await page.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

async function ask(page, expression) {
  return (await page.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
}

async function connect() {
  const portFile = path.join(profile, 'DevToolsActivePort');
  while (!fs.existsSync(portFile)) await sleep(50);
  const port = fs.readFileSync(portFile, 'utf8').split('\n')[0];
  let target;
  while (!target) {
    target = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()).find(({ type }) => type === 'page');
    await sleep(50);
  }
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  };
  let last = 0;
  return {
    send: (method, params = {}) => new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    }),
  };
}

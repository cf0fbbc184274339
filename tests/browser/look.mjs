// Opens an HTML report in headless Chromium, uses it as a reader would, and prints what happened as one JSON object.
//
//   node look.mjs PAGE.html FOLDER [ADDRESS@SECONDS ...]
//
// FOLDER receives dark.png, light.png and deuteranopia.png. Each ADDRESS@SECONDS (hexadecimal, seconds since the recording began) is
// hovered over; what the tooltip and the page's data say of it is in the result.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [page_, folder, ...places] = process.argv.slice(2);
const url = pathToFileURL(path.resolve(page_)).href;
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(file => fs.existsSync(file));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'damon-trace-chromium-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath, headless: true, viewport: { width: 1360, height: 1000 }, colorScheme: 'light',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  console.log(JSON.stringify(await look(context.pages()[0] ?? await context.newPage())));
} finally {
  await context.close();
  fs.rmSync(profile, { recursive: true, force: true });
}

async function look(page) {
  const result = { errors: [], requests: [], hovers: [] };
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) result.errors.push(message.text()); });
  page.on('pageerror', error => result.errors.push(String(error)));
  page.on('request', request => { if (request.url() !== url && !/^(data|blob):/.test(request.url())) result.requests.push(request.url()); });
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('damon-trace-drawn').length > 0, null, { timeout: 60000 });
  result.milliseconds = await page.evaluate(() => ({
    firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    drawn: performance.getEntriesByName('damon-trace-drawn')[0].startTime,
  }));
  // What the page itself cost, whatever else the machine was doing: CPU time of its process.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await devtools.send('Performance.getMetrics');
  result.milliseconds.cpu = Math.round(metrics.find(metric => metric.name === 'ProcessTime').value * 1000);
  await page.evaluate(() => window.damonTrace.ready);
  await page.screenshot({ path: path.join(folder, 'light.png'), fullPage: true });
  result.scripts = await page.evaluate(() => document.querySelectorAll('script:not([type="application/json"], [type="text/plain"])').length);
  result.hacked = await page.evaluate(() => 'hacked' in window);
  result.wss = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent).targets[0].wss);
  result.tables = await page.evaluate(() => [...document.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent)));
  await hover(page, result);
  await zoom(page, result);
  await themes(page, result);
  return result;
}

function view(page) {
  return page.evaluate(() => window.damonTrace.views[0].heatmap.view());
}

async function hover(page, result) {
  for (const place of places) {
    const [address, seconds] = place.split('@');
    const at = await page.evaluate(([address, seconds]) => {
      const { chart, map, root } = window.damonTrace.views[0].heatmap;
      root.scrollIntoView({ block: 'center' });
      const { left, top } = root.getBoundingClientRect();
      const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [seconds, map.axis.placeOf(BigInt('0x' + address))]);
      const { heat, hz, age, name } = map.lookUp(BigInt('0x' + address), seconds);
      return { x: left + x, y: top + y + 1, cell: { heat, hz, age, name } };
    }, [address, Number(seconds)]);
    await page.mouse.move(at.x - 3, at.y);
    await page.mouse.move(at.x, at.y);
    await page.waitForTimeout(300);
    const tip = await page.evaluate(() => [...document.querySelectorAll('.heatmap .tip')].map(one => one.innerText).join('\n'));
    result.hovers.push({ place, ...at.cell, tip });
  }
}

async function zoom(page, result) {
  result.views = { all: await view(page) };
  const box = await page.locator('.heatmap').first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -240);
  await page.waitForTimeout(300);
  result.views.wheel = await view(page);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 200, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(300);
  result.views.moved = await view(page);
  await page.locator('.zoom-reset').first().click();
  result.views.reset = await view(page);
  await page.locator('.heatmap').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(300);
  result.keyboardTip = await page.evaluate(() => document.querySelector('.heatmap .tip')?.innerText ?? '');
  await page.keyboard.press('+');
  result.views.keyboard = await view(page);
  await page.keyboard.press('0');
  await page.locator('.range').first().click();
  await page.waitForTimeout(100);
  result.views.range = await view(page);
  await page.keyboard.press('0');
}

async function themes(page, result) {
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.mouse.move(5, 5);
  await page.evaluate(() => scrollTo(0, 0));
  result.themes = [await theme()];
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  result.themes.push(await theme());
  await page.screenshot({ path: path.join(folder, 'dark.png'), fullPage: true });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' });
  await page.screenshot({ path: path.join(folder, 'deuteranopia.png') });
  await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
  await page.locator('#theme').click();
  result.themes.push(await theme());
}

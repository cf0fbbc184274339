// Work is put off to keep the page's thread free: what is looked at first is drawn first.

/** After the next frame was painted. */
export function painted() {
  return new Promise(resolve => { requestAnimationFrame(() => setTimeout(resolve)); });
}

/** When there is nothing else to do, or after a tenth of a second. */
export function idle() {
  return new Promise(resolve => {
    if (globalThis.requestIdleCallback) requestIdleCallback(() => resolve(), { timeout: 100 });
    else setTimeout(resolve);
  });
}

/** Lets the worker keep what the page starts with, so that it opens without a connection, too. */
const WAIT_MS = 10_000; // after the start, when everything that starts is there

const isFile = (address: string): boolean => /\/assets\/[^/]+$|\/theme\.js$/.test(address);

async function keep(): Promise<void> {
  const { serviceWorker } = navigator;
  const address = new URL("serviceWorker.js", document.baseURI);
  await serviceWorker.register(address, { scope: new URL("./", address).pathname });
  const files = new Set(performance.getEntriesByType("resource").map(({ name }) => name).filter(isFile));
  (await serviceWorker.ready).active?.postMessage({ keep: [...files] });
}

export function startShell(): void {
  // Without HTTPS there are no workers; where one is refused, the page goes on without.
  if ("serviceWorker" in navigator) window.setTimeout(() => void keep().catch(() => undefined), WAIT_MS);
}

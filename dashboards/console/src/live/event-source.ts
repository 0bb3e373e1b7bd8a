import type { LinkWorld, Source } from './event-link.ts'

/** A stream of the gateway, without the browser's own way of trying again. */
export function openStream(path: string): Source {
  const events = new EventSource(path)
  return {
    listen: (event, take) => events.addEventListener(event, ({ data }: MessageEvent<string>) => take(data)),
    onError: (failed) => {
      events.onerror = failed
    },
    close: () => events.close(),
  }
}

/** What a link stands on in a browser, in a page and in a shared worker alike. */
export const browserParts: LinkWorld = {
  open: () => openStream('/api/v1/stream'),
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

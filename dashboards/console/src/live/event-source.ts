import type { LinkParts, Source } from './live-link.ts'

/** The gateway's stream, without the browser's own way of trying again. */
function openStream(): Source {
  const events = new EventSource('/api/v1/stream')
  return {
    listen: (event, take) => events.addEventListener(event, ({ data }: MessageEvent<string>) => take(data)),
    onError: (failed) => {
      events.onerror = failed
    },
    close: () => events.close(),
  }
}

/** What a link stands on in a browser, in a page and in a shared worker alike. */
export const browserParts: Omit<LinkParts, 'tell'> = {
  open: openStream,
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

import { setTimeout as delay } from 'node:timers/promises'
import type { ScreenView } from '../../src/big-screens/screen-view.ts'
import type { Guide } from './experience-hall.ts'

/** What the public sees on the big screen, from its own stream. */
export interface Audience {
  /** The newest picture. */
  now(): ScreenView
  /** Every picture since the last `forget`, oldest first. */
  seen(): readonly ScreenView[]
  forget(): void
  close(): void
}

/** Pairs a screen by its six digits and looks at it until `close`; the stream is opened anew when the gateway was gone. */
export async function openAudience(http: string, guide: Guide): Promise<Audience> {
  const pairing = await fetch(`${http}/api/v1/screens/main/pairing`, {
    method: 'POST',
    headers: { origin: http, 'content-type': 'application/json' },
    body: '{}',
  })
  const { code } = (await pairing.json()) as { code: string }
  const cookie = pairing.headers.get('set-cookie')?.split(';')[0] ?? ''
  await guide.ask('/screens/pair', { code })

  const over = new AbortController()
  const seen: ScreenView[] = []
  const first = Promise.withResolvers<void>()

  async function follow(): Promise<void> {
    const stream = await fetch(`${http}/api/v1/screens/main/stream`, { headers: { cookie }, signal: over.signal })
    if (!stream.ok || !stream.body) throw new Error(`the stream answered ${stream.status}`)
    let text = ''
    for await (const part of stream.body.pipeThrough(new TextDecoderStream())) {
      text += part
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        if (!event.startsWith('event: screen\n')) continue
        seen.push(JSON.parse(event.slice(event.indexOf('data: ') + 6)) as ScreenView)
        first.resolve()
      }
    }
  }
  void (async () => {
    while (!over.signal.aborted) {
      await follow().catch(() => {}) // the gateway is gone; it comes back
      await delay(200, undefined, { signal: over.signal }).catch(() => {})
    }
  })()
  await first.promise
  return {
    now: () => seen.at(-1)!,
    seen: () => seen,
    forget: () => seen.splice(0, seen.length - 1),
    close: () => over.abort(),
  }
}

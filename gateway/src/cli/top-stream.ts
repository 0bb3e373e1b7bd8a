import type { LiveEvent } from '../live/live-event.ts'

export interface HallStream {
  /** Zone names of the hall, by id. */
  readonly zones: ReadonlyMap<string, string>
  readonly events: AsyncIterable<LiveEvent>
}

/** Connects to a gateway's live stream. Throws one sentence for a person when it cannot. */
export async function openHallStream(url: string, token: string | undefined, signal: AbortSignal): Promise<HallStream> {
  const headers = token ? { authorization: `Bearer ${token}` } : {}
  const ask = async (path: string) => {
    const answer = await fetch(new URL(path, url), { headers, signal }).catch((error: unknown) => {
      throw signal.aborted ? error : new Error(`连不上 ${url}：网关在运行吗？`)
    })
    if (answer.ok && answer.body) return answer
    const { code = '', message = '' } = (await answer.json().catch(() => ({}))) as { code?: string; message?: string }
    throw new Error(`${url} 回答 ${answer.status} ${code} ${message}`)
  }
  const overview = (await (await ask('/api/v1/overview')).json()) as { zones: { id: string; name: string }[] }
  const stream = await ask('/api/v1/stream')
  return { zones: new Map(overview.zones.map(({ id, name }) => [id, name])), events: eventsOf(stream.body!) }
}

/** The `data` of each event. A line end may fall anywhere between two chunks. */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LiveEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').filter((line) => line.startsWith('data: '))
      if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(6)).join('\n')) as LiveEvent
    }
  }
}

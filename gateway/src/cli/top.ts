import { parseArgs } from 'node:util'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { coloured, openScreen } from './top-screen.ts'
import { emptyTop, type TopState, takeEvent } from './top-state.ts'
import { openHallStream } from './top-stream.ts'
import { renderTop } from './top-table.ts'

const DEFAULT_URL = 'http://127.0.0.1:18080'
const REDRAW_MS = 500
const RECONNECT_MS = 2_000
/** Three heartbeats: whoever hears nothing for so long no longer knows whether the values are true. */
const SILENT_MS = 15_000
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** A table that is not on a screen has no height to fit into. */
const PLAIN_COLUMNS = 120

export const top: Command = {
  usage: `top [--url ${DEFAULT_URL}] [--once]`,
  summary: 'Shows a running hall as a live table. The token, where one is needed, is taken from HALLWATT_HTTP_TOKEN.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { url: { type: 'string', default: DEFAULT_URL }, once: { type: 'boolean', default: false } },
    })
    if (!URL.canParse(values.url)) throw new HallwattError('HW_USAGE', `--url "${values.url}" is not an address.`)
    const token = process.env.HALLWATT_HTTP_TOKEN
    if (values.once || !process.stdout.isTTY) return printOnce(values.url, token)
    await runTop({ url: values.url, ...(token && { token }) })
    return 0
  },
}

/** One table on standard output; for pipes, and for terminals that cannot be drawn on. */
async function printOnce(url: string, token: string | undefined): Promise<number> {
  const stop = new AbortController()
  const state = emptyTop()
  try {
    const { zones, events } = await openHallStream(
      url,
      token,
      AbortSignal.any([stop.signal, AbortSignal.timeout(SILENT_MS)]),
    )
    state.zones = new Map(zones)
    for await (const event of events) {
      takeEvent(state, event, Date.now())
      break
    }
  } catch (error) {
    throw new HallwattError('HW_TOP_NO_ANSWER', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  } finally {
    stop.abort()
  }
  const columns = process.stdout.columns ?? PLAIN_COLUMNS
  const lines = renderTop(state, columns, Number.POSITIVE_INFINITY, Date.now())
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

export interface TopOptions {
  readonly url: string
  readonly token?: string
  /** Lines shown below the table while there is room. */
  readonly notes?: readonly string[]
  /** Ends the table from outside. */
  readonly signal?: AbortSignal
}

/** The live table on this terminal until `q`, Ctrl-C or the signal; the terminal is always given back as it was. */
export async function runTop({ url, token, notes, signal }: TopOptions): Promise<void> {
  const stop = new AbortController()
  const end = () => stop.abort()
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  const state = emptyTop(notes)
  const screen = openScreen(process.stdout)
  const paint = process.env.NO_COLOR ? undefined : coloured
  const draw = () => screen.draw(renderTop(state, process.stdout.columns, process.stdout.rows, Date.now(), paint))
  const resized = () => {
    screen.forget()
    draw()
  }
  const keys = listenToKeys(end)
  process.once('exit', screen.close)
  for (const name of STOP_SIGNALS) process.on(name, end)
  process.stdout.on('resize', resized)
  const timer = setInterval(draw, REDRAW_MS)
  try {
    draw()
    await follow(state, url, token, stop.signal)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', end)
    process.stdout.off('resize', resized)
    for (const name of STOP_SIGNALS) process.off(name, end)
    process.off('exit', screen.close)
    keys.close()
    screen.close()
  }
  // In raw mode Ctrl-C is only a key; whoever else waits for the signal must get it too.
  if (keys.interrupted()) process.kill(process.pid, 'SIGINT')
}

/** Keeps the state fresh; connects again as long as nobody stops it. */
async function follow(state: TopState, url: string, token: string | undefined, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const attempt = new AbortController()
    const end = () => attempt.abort()
    stop.addEventListener('abort', end)
    let silence = setTimeout(end, SILENT_MS)
    try {
      const { zones, events } = await openHallStream(url, token, attempt.signal)
      state.zones = new Map(zones)
      for await (const event of events) {
        clearTimeout(silence)
        silence = setTimeout(end, SILENT_MS)
        takeEvent(state, event, Date.now())
      }
      state.trouble = '网关结束了连接，正在重连。'
    } catch (error) {
      if (stop.aborted) return
      state.trouble = attempt.signal.aborted ? `${SILENT_MS / 1000} 秒没有消息，正在重连。` : (error as Error).message
    } finally {
      clearTimeout(silence)
      stop.removeEventListener('abort', end)
      attempt.abort()
    }
    state.link = 'lost'
    await pause(RECONNECT_MS, stop)
  }
}

const pause = (ms: number, stop: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    stop.addEventListener('abort', end, { once: true })
  })

function listenToKeys(onQuit: () => void) {
  const input = process.stdin
  let interrupted = false
  if (!input.isTTY) return { interrupted: () => false, close() {} }
  const onKey = (key: Buffer) => {
    const text = key.toString('latin1')
    if (text.includes('\u0003')) interrupted = true
    if (interrupted || text === 'q' || text === 'Q') onQuit()
  }
  input.setRawMode(true)
  input.on('data', onKey)
  input.resume()
  return {
    interrupted: () => interrupted,
    close() {
      input.off('data', onKey)
      input.setRawMode(false)
      input.pause()
    },
  }
}

import { connect } from 'node:net'
import type { BadReason, Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProbeCheck } from '../profiles/probe-schema.ts'
import { compileProbe, type ProbeOutcomes } from '../profiles/probe-values.ts'
import { fill } from '../profiles/scrape-values.ts'
import type { Asker, AskResult, OpenAsker } from './asker.ts'
import { httpGet, networkAnswer } from './http-get.ts'
import { ping } from './ping.ts'

/** A page is looked at, not archived. */
const MOST_PAGE_BYTES = 64 * 1024

/** What one check found out. */
interface Checked {
  /** Somebody is there; undefined: this check could not tell. */
  readonly heard: boolean | undefined
  readonly linkDown?: boolean
  /** For a person: what its words leave open. */
  readonly remark?: string
  readonly gives: Readonly<Record<string, Value | { readonly bad: BadReason }>>
}

/** Watches a device from outside: one check after the other. */
export const probeAsker: OpenAsker = ({ profile, connection }, { clock }): Asker => {
  const part = profile.probe
  if (!part) throw new Error('not a probe profile')
  const read = compileProbe(part)
  const { host, parameters } = connection
  return {
    async ask(_patient, signal): Promise<AskResult> {
      const checked: (Checked & { readonly check: ProbeCheck })[] = []
      for (const check of part.checks) {
        checked.push({ check, ...(await run(check, { host, parameters, timeoutMs: part.timeoutMs, clock, signal })) })
      }
      if (!checked.some(({ heard }) => heard)) {
        return { ok: false, failure: checked.some(({ linkDown }) => linkDown) ? 'link-down' : 'timeout' }
      }
      const outcomes: Record<string, ProbeOutcomes[string]> = {}
      for (const { check, heard, gives } of checked) {
        // Whoever answers a connection and no echo filters echoes: that is no loss.
        if (check.type === 'ping' && !heard) continue
        for (const [what, value] of Object.entries(gives)) outcomes[`${check.name}.${what}`] = value
      }
      const remarks = checked.flatMap(({ remark }) => remark ?? [])
      return { ok: true, ...read(outcomes), ...(remarks.length > 0 && { remarks }) }
    },
  }
}

interface World {
  readonly host: string
  readonly parameters: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

function run(check: ProbeCheck, world: World): Promise<Checked> {
  switch (check.type) {
    case 'ping':
      return pingCheck(check.count, world)
    case 'tcp':
      return tcpCheck(portOf(check.port, world), world)
    case 'http':
      return httpCheck(check, world)
  }
}

const portOf = (port: number | string, { parameters }: World): number =>
  typeof port === 'number' ? port : Number(fill(port, parameters))

async function pingCheck(count: number, { host, timeoutMs, signal }: World): Promise<Checked> {
  const pinged = await ping(host, count, timeoutMs, signal)
  if (!pinged) return { heard: undefined, gives: {} }
  const { loss, timeS } = pinged
  return { heard: loss < 100, gives: { reached: loss < 100, loss, ...(timeS !== undefined && { time: timeS }) } }
}

function tcpCheck(port: number, { host, timeoutMs, clock, signal }: World): Promise<Checked> {
  const startedMs = clock.monotonicMs()
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs, signal })
    const end = (answer: 'open' | 'refused' | 'silent' | 'link-down') => {
      socket.destroy()
      if (answer === 'link-down')
        return resolve({ heard: false, linkDown: true, gives: { answer: { bad: 'link-down' } } })
      const time = secondsSince(startedMs, clock)
      resolve({
        heard: answer !== 'silent',
        gives: { answer, ...(answer === 'open' && { time }) },
        ...(answer === 'refused' && { remark: nobodyAt(host, port) }),
      })
    }
    socket.once('connect', () => end('open'))
    socket.once('timeout', () => end('silent'))
    socket.once('error', (error: Error & { code?: string }) =>
      end(signal.aborted ? 'silent' : networkAnswer(error.code)),
    )
  })
}

async function httpCheck(check: Extract<ProbeCheck, { type: 'http' }>, world: World): Promise<Checked> {
  const { host, parameters, timeoutMs, clock, signal } = world
  const startedMs = clock.monotonicMs()
  const path = fill(check.path, parameters)
  const place = { host, port: portOf(check.port, world), tls: check.tls, path }
  const got = await httpGet({ ...place, timeoutMs, maxBytes: MOST_PAGE_BYTES }, signal)
  if (got.answer === 'link-down') return { heard: false, linkDown: true, gives: { answer: { bad: 'link-down' } } }
  if (got.answer !== 'response') {
    // A kernel that takes the connection is a machine that runs, whatever its program does.
    const heard = got.answer === 'refused' || got.connected
    const speaks = `Something else than ${check.tls ? 'HTTPS' : 'HTTP'} answers at port ${place.port}.`
    const remark = got.connected ? speaks : nobodyAt(host, place.port)
    return { heard, gives: { answer: got.answer }, ...(got.answer === 'refused' && { remark }) }
  }
  const { status, body, certificateEndsMs } = got
  const wanted = check.contains === undefined ? '' : fill(check.contains, parameters)
  const content = body.includes(wanted) ? 'ok' : 'content'
  return {
    heard: true,
    gives: {
      answer: check.statuses.includes(status) ? content : 'status',
      status,
      time: secondsSince(startedMs, clock),
      ...(certificateEndsMs !== undefined && {
        certificate: Math.round((certificateEndsMs - clock.wallMs()) / 1000),
      }),
    },
  }
}

const nobodyAt = (host: string, port: number): string =>
  `Connection refused: nobody listens at ${host}:${port}. Is that the port, and does the program run?`

const secondsSince = (startedMs: number, clock: Clock): number => Math.round(clock.monotonicMs() - startedMs) / 1000

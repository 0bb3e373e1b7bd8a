import { onTestFinished } from 'vitest'
import { HallwattError } from '../domain/errors.ts'
import type { HistoryQuery } from '../history/history.ts'
import { type LiveHall, liveHall } from '../live/hall-fixture.ts'
import type { DevicePlan } from '../polling/plan-text.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { smallChain } from './chain-fixture.ts'
import { NO_DEMOS, NO_SCREENS } from './demo-fixture.ts'
import { createHttp, type HealthCheck, type Http, type HttpParts, type HttpViews } from './http.ts'
import { NO_SETUP } from './setup-fixture.ts'

export interface HttpHall extends LiveHall {
  readonly http: Http
  readonly url: string
  /** What /readyz is told; a test changes it. */
  readonly health: HealthCheck[]
  readonly asked: HistoryQuery[]
  get(path: string, init?: RequestInit): Promise<Response>
}

/** A hall with one meter and its API on a free port; everything is closed when the test ends. */
export async function httpHall({
  views: own = {},
  ...parts
}: Partial<Omit<HttpParts, 'views'>> & { readonly views?: Partial<HttpViews> } = {}): Promise<HttpHall> {
  const hall = liveHall(systemClock)
  hall.add({ id: 'meter-1', name: '总表' })
  hall.read('meter-1', { activePower: 1234.5, voltageL1: 231.5 })
  const health: HealthCheck[] = [{ name: 'store', ok: true }]
  const asked: HistoryQuery[] = []
  const views: HttpViews = {
    zones: () => [{ id: 'power', name: '配电间' }],
    dashboards: () => ({ mainMeter: 'meter-1' }),
    devices: () => hall.live.devices(),
    device: (id) => hall.live.device(id),
    about: (id) => (id === 'meter-1' ? METER_ABOUT : undefined),
    plan: (id) => (id === 'meter-1' ? METER_PLAN : undefined),
    history: {
      query: async (query) => {
        asked.push(query)
        if (query.device !== 'meter-1')
          throw new HallwattError('HW_HISTORY_UNKNOWN_DEVICE', `nothing of ${query.device}`)
        const series = query.quantities.map((quantity) => ({ quantity, unit: 'W', points: SOME_POINTS }))
        return { resolution: 'raw', bucketMs: 0, series }
      },
    },
    live: hall.live,
    health: () => health,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'hallwatt_info 1\n' }),
    repair: smallChain(),
    commands: NO_COMMANDS,
    demos: NO_DEMOS,
    bigScreens: NO_SCREENS,
    auth: NOBODY,
    taps: { verify: () => ({ result: 'wrong' }), sign: () => 'signed' },
    kpis: {
      json: async (span) => ({ ...span, kpis: [AVAILABILITY] }),
      csv: async ({ from, to }) => `kpi,from,to\r\navailability,${from},${to}\r\n`,
    },
    reports: {
      weekly: async (at) => `<!doctype html><html><head><style>p{color:red}</style></head><p>${at}</p></html>`,
      monthly: async (at) => `<!doctype html><html><head></head><p>${at}</p></html>`,
    },
    notices: {
      channels: () => [{ id: 'wecom', type: 'wecom', working: true, usedThisMinute: 1, perMinute: 20 }],
      deadLetters: async () => [],
      retry: async () => false,
      testChannel: async (id) => (id === 'wecom' ? { type: 'ok' } : undefined),
    },
    setup: NO_SETUP,
    ...own,
  }
  const http = await createHttp({
    settings: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    log: silentLog,
    views,
    ...parts,
  })
  onTestFinished(() => http.close())
  const url = http.address()
  return { ...hall, http, url, health, asked, get: (path, init) => fetch(url + path, init) }
}

const refused = async () => ({ ok: false, code: 'HW_AUTH_WRONG', message: 'nobody' }) as const

const unknown = async () => ({ ok: false, code: 'HW_AUTH_USER_UNKNOWN', message: 'nobody' }) as const

/** A hall in which no device can be commanded. */
export const NO_COMMANDS: HttpViews['commands'] = {
  begin: async ({ roles: _, ...request }) => ({
    ...request,
    ...{ id: 'C1', at: 0, state: 'refused', code: 'HW_DEVICE_UNKNOWN', message: 'nobody' },
  }),
  ended: async () => undefined,
  recent: async () => [],
  available: () => undefined,
  onChange: () => () => {},
}

/** A hall in which nobody can sign in. */
export const NOBODY: HttpViews['auth'] = {
  login: refused,
  session: () => undefined,
  logout: async () => {},
  changePassword: refused,
  users: { list: () => [], add: unknown, resetPassword: unknown, setRoles: unknown, remove: unknown },
  audit: {
    append: async () => {},
    list: async () => [],
    verify: async () => ({ intact: true, entries: 0, head: '' }),
    stats: () => ({ auditEntries: 0, auditWaiting: 0 }),
  },
}

const METER_ABOUT = {
  title: { zh: '三相电表', en: 'Three-phase meter' },
  level: 'draft',
  connection: { via: 'modbus', link: 'bus-1', unitId: 3 },
  periodsMs: { activePower: 1000 },
} as const

const COST = { requests: 1, registers: 60, cycleMs: 143 }
const METER_PLAN: DevicePlan = {
  ...COST,
  rates: [{ ...COST, rate: 'fast', periodMs: 1000 }],
  reads: [{ table: 'input', address: 0, count: 60, periodMs: 1000 }],
  text: '1 request, 60 registers, 143 ms per cycle',
}

const SOME_POINTS = [
  [1_778_565_900_000, 1200],
  [1_778_565_960_000, { count: 6, last: 1210, min: 1190, avg: 1202.5, max: 1215 }],
] as const

/** Events of an open stream, one at a time. */
export async function openStream(hall: HttpHall, path = '/api/v1/stream', init: RequestInit = {}) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const answer = await hall.get(path, { ...init, signal: stop.signal })
  const chunks = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    answer,
    stop: () => stop.abort(),
    /** The next event; undefined at the end of the stream. */
    async next(): Promise<{ id: string; event: string; data: Record<string, unknown> } | undefined> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const fields = new Map(
            text
              .slice(0, end)
              .split('\n')
              .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
          )
          text = text.slice(end + 2)
          const data = fields.get('data')
          if (data === undefined) continue
          return { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) }
        }
        const { done, value } = await chunks.read()
        if (done) return undefined
        text += value
      }
    },
  }
}

const AVAILABILITY = {
  ...{ id: 'availability', by: '', value: 50, of: 60, zh: '终端可用率', en: 'Availability', unit: '%' as const },
  formula: { zh: 'Σ可用时间 ÷ Σ服务时间', en: 'Σ usable ÷ Σ duty time' },
}

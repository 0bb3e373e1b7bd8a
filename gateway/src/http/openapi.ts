import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { buildApp } from './app.ts'
import { createStreams } from './streams.ts'
import type { HttpViews } from './views.ts'

/** The OpenAPI document of the API, from the schemas the routes use; `gateway/docs/openapi.json` is made of it. Nothing listens. */
export async function openApiDocument(): Promise<object> {
  const app = await buildApp({
    consoleFolder: undefined,
    views: NO_VIEWS,
    streams: createStreams(NO_VIEWS, systemClock),
    clock: systemClock,
    log: silentLog,
    guard: {
      host: '127.0.0.1',
      identity: { of: unused },
      openReading: true,
      publicUrl: undefined,
      requestsPerMinute: 1,
      onRefused() {},
    },
    onAnswer() {},
  })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return document
}

/** As text, the way the file holds it. */
export const openApiText = async (): Promise<string> => `${JSON.stringify(await openApiDocument(), null, 2)}\n`

const unused = () => {
  throw new Error('a description asks for nothing')
}

const NO_VIEWS: HttpViews = {
  zones: unused,
  devices: unused,
  device: unused,
  about: unused,
  plan: unused,
  history: { query: unused },
  dashboards: unused,
  live: { overview: unused, subscribe: unused },
  health: unused,
  metrics: unused,
  repair: {
    actOnAlarm: unused,
    actOnOrder: unused,
    report: unused,
    openAlarms: unused,
    openOrders: unused,
    alarm: unused,
    order: unused,
    alarmHistory: unused,
    orderHistory: unused,
    onStep: () => () => {},
    clocks: unused,
    people: unused,
    personName: unused,
  },
  commands: {
    begin: unused,
    ended: unused,
    recent: unused,
    available: unused,
    onChange: () => () => {},
  },
  demos: {
    view: unused,
    run: unused,
    prepare: unused,
    act: unused,
    guess: unused,
    setInput: unused,
    beat: unused,
    allOff: unused,
    records: unused,
    record: unused,
    remark: unused,
    onChange: () => () => {},
  },
  bigScreens: {
    list: unused,
    isKnown: unused,
    offer: unused,
    pair: unused,
    isPaired: unused,
    setDark: unused,
    follow: unused,
  },
  auth: {
    login: unused,
    session: unused,
    logout: unused,
    changePassword: unused,
    users: { list: unused, add: unused, resetPassword: unused, setRoles: unused, remove: unused },
    audit: { append: unused, list: unused, verify: unused, stats: unused },
  },
  taps: { verify: unused, sign: unused },
  kpis: { json: unused, csv: unused },
  reports: { weekly: unused, monthly: unused },
  notices: { channels: unused, deadLetters: unused, retry: unused, testChannel: unused },
  setup: {
    inside: unused,
    facts: unused,
    traffic: { look: unused, record: unused, stop: unused, recordings: unused, pathOf: unused },
    settings: { read: unused, rules: unused, change: unused },
    profiles: { list: unused, get: unused },
    commissioning: {
      scan: unused,
      scanState: unused,
      cancel: unused,
      onScan: () => () => {},
      tryProfile: unused,
      alternatives: unused,
      listen: unused,
    },
    about: unused,
    backup: unused,
  },
}

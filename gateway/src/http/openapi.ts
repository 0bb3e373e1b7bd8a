import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { buildApp } from './app.ts'
import { createStreams } from './streams.ts'
import type { HttpViews } from './views.ts'

/** The OpenAPI document of the API, from the schemas the routes use; `gateway/docs/openapi.json` is made of it. Nothing listens. */
export async function openApiDocument(): Promise<object> {
  const app = await buildApp({
    views: NO_VIEWS,
    streams: createStreams(NO_VIEWS.live, systemClock),
    clock: systemClock,
    log: silentLog,
    guard: { host: '127.0.0.1', token: undefined, requestsPerMinute: 1, onRefused() {} },
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
  live: { overview: unused, subscribe: unused },
  health: unused,
  metrics: unused,
}

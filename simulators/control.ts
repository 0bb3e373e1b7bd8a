import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { SimulatedDevice } from './device.ts'
import type { Happening } from './experience/thing.ts'
import { parseFaultCommand } from './fault-command.ts'
import { FAULTS, type Faults } from './faults.ts'
import { parseHappening } from './happening-command.ts'

export interface ControlOptions {
  /** 0 takes any free port. Bound to 127.0.0.1 always: whoever reaches it can break the hall. */
  readonly port: number
  readonly devices: ReadonlyMap<string, SimulatedDevice>
  readonly faults: Faults
  /** What visitors and guides may do with their hands. */
  readonly happenings: ReadonlyMap<string, Happening>
  /** What the hall is like right now, for `GET /state`. */
  readonly state: () => unknown
}

const MAX_BODY_BYTES = 16 * 1024

const commandSchema = z.strictObject({ command: z.string().max(500) })
const orderSchema = z.union([
  commandSchema,
  z.strictObject({
    fault: z.string(),
    device: z.string(),
    address: z.int().min(0).max(65_535).optional(),
    code: z.int().min(1).max(255).optional(),
    delayMs: z.int().min(0).max(60_000).optional(),
    seconds: z.int().optional(),
    perSecond: z.int().min(1).max(2000).optional(),
    form: z.string().optional(),
  }),
])

interface Reply {
  readonly status: number
  readonly body: unknown
}

/** The HTTP interface through which a person or a test makes devices misbehave. */
export async function startControl(options: ControlOptions): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, options).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 400, { message: 'The request could not be read.' }),
    )
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, options: ControlOptions): Promise<Reply> {
  // A web page that the same person has open must not be able to break the hall.
  if (request.headers.origin !== undefined) return { status: 403, body: { message: 'Not for web pages.' } }
  const [room, device, fault] = new URL(request.url ?? '/', 'http://127.0.0.1').pathname.split('/').slice(1)
  const route = `${request.method} /${room}`
  if (route === 'GET /faults') return { status: 200, body: { faults: catalogue(), active: options.faults.list() } }
  if (route === 'GET /devices') return { status: 200, body: { devices: describe(options) } }
  if (route === 'GET /state') return { status: 200, body: options.state() }
  if (route === 'GET /happenings') return { status: 200, body: { happenings: told(options) } }
  if (route === 'POST /happenings') return happen(await bodyOf(request), options)
  if (route === 'POST /faults') return order(await bodyOf(request), options)
  if (route === 'DELETE /faults') {
    const cleared = device ? options.faults.clear(device, fault) : options.faults.clearAll()
    return { status: 200, body: { ok: true, cleared } }
  }
  return {
    status: 404,
    body: {
      message:
        'Try GET /faults, GET /devices, GET /state, GET /happenings, POST /happenings, POST /faults, DELETE /faults/{device}.',
    },
  }
}

const told = ({ happenings }: ControlOptions) =>
  [...happenings].map(([words, { zh, en }]) => ({ words: words.replace(' ', ' on '), zh, en }))

function happen(body: unknown, { happenings }: ControlOptions): Reply {
  const parsed = commandSchema.safeParse(body)
  if (!parsed.success) return { status: 400, body: { message: z.prettifyError(parsed.error) } }
  const found = parseHappening(parsed.data.command, happenings)
  if (!found.ok) return { status: 400, body: found }
  found.happening.do(found.n)
  return { status: 200, body: { ok: true, did: found.happening.en } }
}

function order(body: unknown, { faults, devices }: ControlOptions): Reply {
  const parsed = orderSchema.safeParse(body)
  if (!parsed.success) return { status: 400, body: { message: z.prettifyError(parsed.error) } }
  if (!('command' in parsed.data)) {
    const { fault, device, ...parameters } = parsed.data
    const result = faults.apply(fault, device, parameters)
    return { status: result.ok ? 200 : 400, body: result }
  }
  const result = parseFaultCommand(parsed.data.command, { faults: Object.keys(FAULTS), devices: [...devices.keys()] })
  if (!result.ok) return { status: 400, body: result }
  const { command } = result
  if (command.do === 'clear-all') return { status: 200, body: { ok: true, cleared: faults.clearAll() } }
  if (command.do === 'clear')
    return { status: 200, body: { ok: true, cleared: faults.clear(command.device, command.fault) } }
  const applied = faults.apply(command.fault, command.device, command.parameters)
  return { status: applied.ok ? 200 : 400, body: applied }
}

const catalogue = () =>
  Object.entries(FAULTS).map(([name, { zh, en, finds, on, parameters }]) => ({ name, zh, en, finds, on, parameters }))

const describe = ({ devices, faults }: ControlOptions) => {
  const active = faults.list()
  return [...devices.values()].map(({ id, name, profile, targets }) => ({
    id,
    name,
    profile,
    targets,
    faults: active.filter((entry) => entry.device === id).map((entry) => entry.fault),
  }))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new Error('Body too large.')
  }
  return JSON.parse(text)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  response.end(JSON.stringify(body))
}

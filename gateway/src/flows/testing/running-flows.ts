import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Log } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { createReadings } from '../../readings/readings.ts'
import { prepareFlowFolder } from '../flow-folder.ts'
import type { FlowAlarm, FlowAnswer, FlowAsk } from '../flow-messages.ts'
import type { FlowProcessLimits } from '../flow-process.ts'
import { createFlows } from '../flows.ts'
import { FLOWS_PROJECT, launchNodeRed } from '../launch-node-red.ts'

/** A node of a test’s own flow; it stands on the tab `t`. */
type Node = { readonly id: string; readonly type: string } & Record<string, unknown>

export const functionNode = (id: string, func: string, wires: string[] = [], more: object = {}): Node => ({
  ...{ id, type: 'function', z: 't', name: id, func, outputs: 1, timeout: 0, initialize: '', finalize: '', libs: [] },
  wires: [wires],
  ...more,
})

/** Starts `wires` so many seconds after the flows run. */
export const startNode = (id: string, wires: string[], delayS = 0.05): Node => ({
  ...{ id, type: 'inject', z: 't', props: [], repeat: '', crontab: '', once: true, onceDelay: delayS, topic: '' },
  wires: [wires],
})

/** Asks the gateway, so that a test hears of what happens in a flow. */
export const askNode = (id: string, device: string): Node => ({
  ...{ id, type: 'hallwatt command', z: 't', name: id, device, command: 'told', takes: 'value' },
  wires: [[], []],
})

/** Real Node-RED with a test’s own flow and a scripted gateway. */
export async function runningFlows(
  nodes: readonly Node[],
  options: {
    readonly limits?: Partial<FlowProcessLimits>
    readonly answer?: (ask: FlowAsk) => FlowAnswer /** A file that stands among the flows. */
    readonly broken?: string
  } = {},
) {
  const data = await mkdtemp(join(tmpdir(), 'hallwatt-flows-'))
  const folder = await prepareFlowFolder(join(data, 'flows'), FLOWS_PROJECT, {})
  for (const name of ['tower-light', 'counter-toast', 'shift-report', 'example-appliance', 'ticket-webhook', 'shared'])
    await rm(join(folder.folder, 'flows', `${name}.json`))
  // Without a place in the editor Node-RED takes a node for a configuration and wires it to nothing.
  const placed = nodes.map((node, i) => ({ ...node, x: 100, y: 40 * i }))
  const tab = { id: 't', type: 'tab', label: '试验 test' }
  await writeFile(join(folder.folder, 'flows', 'test.json'), JSON.stringify([tab, ...placed]))

  if (options.broken !== undefined) await writeFile(join(folder.folder, 'flows', 'broken.json'), options.broken)
  const asks: FlowAsk[] = []
  const lines: { code?: string; message: string }[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const one of waiting) one()
  }
  const said = (fields: object, message: string) => {
    lines.push({ ...fields, message })
    look()
  }
  const log: Log = { debug() {}, info: said, warn: said, error: said }
  const readings = createReadings()
  const pids: number[] = []
  const openAlarms: FlowAlarm[] = []
  const flows = createFlows({
    launch() {
      const child = launchNodeRed({ ...folder, environment: process.env })
      pids.push(child.pid ?? 0)
      return child
    },
    start: {
      hall: { id: 'donghu', name: '东湖营业厅', timeZone: 'Asia/Shanghai' },
      ...folder,
      extraNodes: [],
      mqtt: { host: '127.0.0.1', port: 1, user: 'flows', password: '' },
      environment: { HALLWATT_FLOW_TEST: 'set' },
    },
    world: {
      describe: (id) => (id.startsWith('meter') ? { name: id, zone: 'power', kind: 'meter' } : undefined),
      readings: readings.all,
      openAlarms: () => openAlarms,
      openOrders: () => [],
      async ask(ask) {
        asks.push(ask)
        look()
        return options.answer?.(ask) ?? { ok: true, value: { state: 'confirmed' } }
      },
    },
    clock: systemClock,
    log,
    random: () => 0,
    ...(options.limits && { limits: options.limits }),
  })
  readings.onChange(flows.takeReadings)
  onTestFinished(async () => {
    await flows.close()
    await rm(data, { recursive: true, force: true })
  })
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!holds()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return {
    flows,
    folder: folder.folder,
    readings,
    openAlarms,
    asks,
    lines,
    pids,
    until,
    /** The first question, old or new, about this device. */
    async asked(device: string): Promise<Extract<FlowAsk, { what: 'command' }>> {
      const fits = (ask: FlowAsk) => ask.what === 'command' && ask.device === device
      await until(() => asks.some(fits))
      return asks.find(fits) as Extract<FlowAsk, { what: 'command' }>
    },
    says: (code: string) => until(() => lines.some((line) => line.code === code)),
    runs: (times = 1) =>
      until(() => lines.filter(({ message }) => message.startsWith('Node-RED runs')).length >= times),
    /** What the editor’s address answers. */
    editor(path: string, key = flows.target()?.key ?? ''): Promise<{ status: number; text: string }> {
      return new Promise((resolve, reject) => {
        const asked = request(
          { socketPath: folder.socket, path, headers: { 'x-hallwatt-flows': `${key}.admin` } },
          (answer) => {
            let text = ''
            answer.setEncoding('utf8').on('data', (part) => (text += part))
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
          },
        )
        asked.on('error', reject).end()
      })
    },
  }
}

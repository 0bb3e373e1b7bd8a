// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code of function nodes
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { askNode, functionNode, runningFlows, startNode } from './testing/running-flows.ts'

// A start of Node-RED takes a second, on a machine busy with other tests ten.
vi.setConfig({ testTimeout: 120_000 })

const quickHeart = { heartbeatMs: 100, missedHeartbeats: 10 }
const meter = (id: string) => ({ id, periodsMs: {}, fingerprint: id })
const readingNode = (wires: string[]) => ({
  ...{ id: 'r', type: 'hallwatt reading', z: 't', device: '', quantity: 'activePower', zone: 'power', kind: '' },
  wires: [wires],
})
const alarmNode = (wires: string[]) => ({
  ...{ id: 'a', type: 'hallwatt alarm', z: 't', onChange: true, openFirst: true, least: 'P4', device: '' },
  wires: [wires],
})
const tellValue = functionNode('tell', 'return { ...msg, value: String(msg.payload) }', ['ask'])

test('a flow gets the readings it asked for, first the present ones, and nothing else crosses', async () => {
  const hall = await runningFlows([readingNode(['tell']), tellValue, askNode('ask', 'heard')])
  hall.readings.setDevices([meter('meter-1'), meter('meter-2')], 1000)
  const read = (device: string, values: Record<string, number>, at: number) =>
    hall.readings.accept({ device, stream: 'reading', at, values }, at)
  read('meter-1', { activePower: 100, voltageL1: 230 }, 2000)
  await hall.runs()
  await hall.until(() => hall.asks.length >= 1)
  read('meter-1', { voltageL1: 231 }, 3000)
  read('meter-2', { activePower: 200 }, 3000)
  await hall.until(() => hall.asks.length >= 2)
  expect(hall.asks.map((ask) => 'value' in ask && ask.value)).toEqual(['100', '200'])
  expect(hall.flows.stats().sentReadings).toBe(2)
})

test('a command of a flow names the flow, and what the gateway answers comes back to it', async () => {
  const hall = await runningFlows(
    [
      startNode('s', ['c']),
      {
        id: 'c',
        type: 'hallwatt command',
        z: 't',
        device: 'meter-1',
        command: 'switch-off',
        takes: 'nothing',
        wires: [[], ['told']],
      },
      functionNode('told', 'return { ...msg, value: `${msg.payload.code}` }', ['ask']),
      askNode('ask', 'result'),
    ],
    { answer: () => ({ ok: true, value: { state: 'refused', code: 'HW_COMMAND_FORBIDDEN' } }) },
  )
  expect(await hall.asked('meter-1')).toEqual({
    what: 'command',
    flow: '试验 test',
    device: 'meter-1',
    command: 'switch-off',
  })
  expect((await hall.asked('result')).value).toBe('HW_COMMAND_FORBIDDEN')
})

test('killed, Node-RED is started anew and hears every open alarm again', async () => {
  const hall = await runningFlows([
    alarmNode(['tell']),
    functionNode('tell', 'return { ...msg, value: `${msg.payload.id} ${msg.cause}` }', ['ask']),
    askNode('ask', 'alarm'),
  ])
  const alarm = {
    id: 'A20261122-0001',
    device: 'meter-1',
    priority: 'P1',
    state: 'unacknowledged',
    condition: 'present',
  }
  hall.openAlarms.push({ ...alarm, cause: 'raised' } as never)
  await hall.until(() => hall.asks.length === 1)
  const key = hall.flows.target()?.key
  process.kill(hall.pids[0] ?? 0, 'SIGKILL')
  await hall.says('HW_FLOW_ENDED')
  expect(hall.flows.target()).toBeUndefined()
  await hall.until(() => hall.asks.length === 2)
  expect(hall.asks.map((ask) => 'value' in ask && ask.value)).toEqual(['A20261122-0001 open', 'A20261122-0001 open'])
  // The old key opens nothing any more.
  expect((await hall.editor('/flows/flows', key)).status).toBe(401)
  expect((await hall.editor('/flows/flows')).status).toBe(200)
})

test('a loop without an end in a function node is broken off, and the flows go on', async () => {
  const hall = await runningFlows([
    startNode('s', ['loop']),
    functionNode('loop', 'while (true) {}'),
    startNode('s2', ['two'], 0.2),
    functionNode('two', "return { value: 'goes on' }", ['ask']),
    askNode('ask', 'after'),
  ])
  expect((await hall.asked('after')).value).toBe('goes on')
  await hall.until(() => hall.lines.some(({ message }) => message.includes('timed out')))
  expect(hall.flows.stats().hung).toBe(0)
})

test('Node-RED that no longer answers is ended; after three times its flows are loaded but not run', async () => {
  // In a timer the interpreter’s own limit does not hold.
  const hall = await runningFlows(
    [startNode('s', ['hang']), functionNode('hang', 'setTimeout(() => { while (true) {} }, 1)')],
    {
      limits: quickHeart,
    },
  )
  await hall.says('HW_FLOW_SAFE_MODE')
  expect(hall.flows.stats()).toMatchObject({ up: 1, safeMode: 1, hung: 3, ends: 3, starts: 4 })
  // A person can open and repair it.
  const { status, text } = await hall.editor('/flows/flows')
  expect(status).toBe(200)
  expect(text).toContain('while (true)')
})

test('a file of the flows that a person broke is named, and the editor opens all the same', async () => {
  const hall = await runningFlows([], { broken: '[{' })
  await hall.runs()
  await hall.until(() => hall.lines.some(({ message }) => message.includes('broken.json')))
  expect((await hall.editor('/flows/')).status).toBe(200)
})

test('a flow that throws as fast as it can costs the gateway a line every ten seconds', async () => {
  const hall = await runningFlows([
    startNode('s', ['throw']),
    functionNode(
      'throw',
      "const again = () => { for (let i = 0; i < 100; i++) node.error('thrown'); setTimeout(again, 10) }; again()",
    ),
    readingNode(['tell']),
    tellValue,
    askNode('ask', 'heard'),
  ])
  await hall.says('HW_FLOW_COMPLAINT')
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  hall.readings.setDevices([meter('meter-1')], 1000)
  for (let n = 1; n <= 20; n++) {
    hall.readings.accept({ device: 'meter-1', stream: 'reading', at: 1000 + n, values: { activePower: n } }, 1000 + n)
    await hall.until(() => hall.asks.some((ask) => 'value' in ask && ask.value === String(n)))
  }
  delay.disable()
  expect(delay.percentile(99) / 1e6).toBeLessThan(100)
  expect(hall.lines.filter(({ code }) => code === 'HW_FLOW_COMPLAINT').length).toBeLessThanOrEqual(2)
})

test('flows reach neither the files of the hall nor its environment, and start no program', async () => {
  const reach = (id: string, code: string) => [
    startNode(`s${id}`, [id]),
    functionNode(id, code, [`ask${id}`]),
    askNode(`ask${id}`, id),
  ]
  process.env.HALLWATT_TEST_SECRET = 'secret'
  const hall = await runningFlows([
    ...reach(
      'environment',
      "return { value: `${env.get('HALLWATT_FLOW_TEST')} ${env.get('HALLWATT_TEST_SECRET') ?? 'nothing'}` }",
    ),
    ...reach('process', 'return { value: typeof process + typeof require }'),
    {
      id: 'in',
      type: 'file in',
      z: 't',
      filename: '/etc/passwd',
      filenameType: 'str',
      format: 'utf8',
      allProps: false,
      wires: [['read']],
    },
    startNode('sin', ['in']),
    functionNode('read', 'return { value: String(msg.payload) }', ['askfile']),
    askNode('askfile', 'file'),
    { id: 'catch', type: 'catch', z: 't', scope: ['in'], wires: [['caught']] },
    functionNode('caught', 'return { value: msg.error.message }', ['askfile']),
  ])
  delete process.env.HALLWATT_TEST_SECRET
  expect((await hall.asked('environment')).value).toBe('set nothing')
  expect((await hall.asked('process')).value).toBe('undefinedundefined')
  expect((await hall.asked('file')).value).toMatch(/restricted|permission/i)
})

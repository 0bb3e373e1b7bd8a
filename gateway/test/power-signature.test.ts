import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { learn, NO_HABIT } from '../src/signature/learn-limit.ts'
import { documentTables, storedDocument } from '../src/store/documents-table.ts'
import { openStore } from '../src/store/sqlite-store.ts'
import type { KeptHabit } from '../src/wiring/power-signatures.ts'
import { startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TERMINAL = 'kiosk-13'
const PLUG = 'plug-terminal'
const simulatorsMain = join(import.meta.dirname, '..', '..', 'simulators', 'main.ts')

/** The hall's devices as a process of their own; resolves with the address that takes faults. */
async function startSimulators(hall: HallFolder): Promise<string> {
  const credentials = join(hall.folder, 'devices.json')
  await writeFile(credentials, JSON.stringify({ [PLUG]: 'any' }))
  const args = ['--hall', hall.file, '--credentials', credentials, '--control-port', '0', '--speed', '8']
  const child = spawn(process.execPath, [simulatorsMain, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return (JSON.parse(line) as { control: string }).control
}

/** The plug as the gateway has known it for nearly five minutes: a few looks are missing until a limit can be said. */
async function rememberLooks(hall: HallFolder): Promise<void> {
  const directory = join(hall.folder, 'store')
  await mkdir(directory)
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: documentTables })
  let habit = NO_HABIT
  for (let look = 0; look < 296; look++) habit = learn(habit, look % 3 === 0 ? 131 : 62)
  await storedDocument<readonly KeptHabit[]>(store, 'power-signatures', []).save([
    { device: TERMINAL, meter: PLUG, habit },
  ])
  await store.close()
}

test('a terminal nobody may touch: its plug tells whether it waits, prints or is dead, and the alarm comes and goes', {
  timeout: 120_000,
}, async () => {
  const hall = await makeHallFolder({
    devices: [
      { id: PLUG, name: '老缴费机插座', profile: 'tasmota/plug', zone: 'lobby' },
      { id: TERMINAL, name: '老缴费机', profile: 'signature/terminal', zone: 'lobby', meter: PLUG },
    ],
  })
  onTestFinished(() => hall.remove())
  await rememberLooks(hall)
  let gateway = await startGatewayProcess(hall)
  onTestFinished(() => gateway.stop())
  const control = await startSimulators(hall)
  const simulate = (command: string) =>
    fetch(`${control}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command }),
    })

  interface Device {
    readonly presence: string
    readonly readings: readonly { readonly quantity: string; readonly value: unknown; readonly quality: string }[]
  }
  const device = async () => (await (await fetch(`${hall.http}/api/v1/devices/${TERMINAL}`)).json()) as Device
  const words: unknown[] = []
  /** Resolves when the terminal's state is `wanted`; every state on the way is written down once. */
  async function says(wanted: string): Promise<void> {
    for (;;) {
      const { readings } = await device()
      const word = readings.find(({ quantity, quality }) => quantity === 'powerSignature' && quality === 'good')?.value
      if (word !== undefined && word !== words.at(-1)) words.push(word)
      if (word === wanted) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  async function alarms(wanted: readonly string[]): Promise<void> {
    for (;;) {
      const { alarms } = (await (await fetch(`${hall.http}/api/v1/alarms`)).json()) as {
        alarms: { state: string; fault: { code: string; device: string; state?: string } }[]
      }
      const active = alarms.filter(({ fault }) => fault.device === TERMINAL)
      if (JSON.stringify(active.map(({ fault }) => fault.code)) === JSON.stringify(wanted)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  // The plug reports four times a second, so that each look of the gateway finds a new figure.
  expect((await simulate(`flood on ${PLUG} rate 4`)).status).toBe(200)
  await says('on')
  await says('active')
  await says('idle')
  // Until it was learnt how much working is, it only said that power is taken.
  expect(words[0]).toBe('on')

  expect((await simulate(`relay_dead on ${PLUG}`)).status).toBe(200)
  await says('dead')
  expect((await device()).presence).toBe('online')
  await alarms(['disp.black'])
  expect((await simulate(`clear relay_dead on ${PLUG}`)).status).toBe(200)
  await says('active')
  await alarms([])

  // A plug that is away says nothing about the terminal.
  expect((await simulate(`disconnect on ${PLUG}`)).status).toBe(200)
  while ((await device()).presence !== 'unknown') await new Promise((resolve) => setTimeout(resolve, 100))
  await alarms([])

  // What was learnt outlives a restart: it never says just "on" again.
  await gateway.stop()
  gateway = await startGatewayProcess(hall)
  words.length = 0
  expect((await simulate(`clear disconnect on ${PLUG}`)).status).toBe(200)
  await says('active')
  await says('idle')
  expect(words).not.toContain('on')
})

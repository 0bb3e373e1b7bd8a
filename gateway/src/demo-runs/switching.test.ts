import { expect, test } from 'vitest'
import type { CommandRecord, CommandRequest } from '../commands/command.ts'
import type { Value } from '../domain/frame.ts'
import { VirtualClock } from '../polling/testing/virtual-clock.ts'
import { createSwitching } from './switching.ts'

const CHARGE = { command: 'switch-on', value: 32, adjustedBy: ['switch-on', 'set-current'], canRevert: true }
const ON = { command: 'switch-on', canRevert: true }

/** One device whose answers the test gives. */
function plug() {
  const clock = new VirtualClock()
  const notSet: string[] = []
  const asked: {
    command: string
    value: Value | undefined
    answer: (state: CommandRecord['state'], code?: CommandRecord['code']) => void
  }[] = []
  const given = (command: string, value?: Value) =>
    new Promise<CommandRecord>((resolve) => {
      asked.push({
        ...{ command, value },
        answer: (state, code) =>
          resolve({
            ...{ id: 'C1', at: 0, device: 'plug', command, by: 'lin', via: 'demo', state },
            ...(code && { code }),
          }),
      })
    })
  const switching = createSwitching('plug', {
    commands: {
      request: (request: CommandRequest) => given(request.command, request.value),
      async allOff() {
        const record = await given('switch-off')
        return { ms: 1, off: record.state === 'confirmed', devices: [record] }
      },
    },
    clock,
    ...{ by: 'lin', run: 'R1', onLost: () => {} },
    onNotSet: (command) => notSet.push(command),
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { switching, asked, notSet, clock, settled }
}

test('a plug that is still being switched off when the run begins goes on once that is done, eight seconds later', async () => {
  const { switching, asked, clock, settled } = plug()
  let ended: boolean | undefined
  void switching.on(ON).then((ok) => {
    ended = ok
  })
  for (let ms = 0; ms < 8000; ms += 300) {
    asked.at(-1)?.answer('refused', 'HW_COMMAND_BUSY')
    await settled()
    await clock.pass(300)
  }
  expect(ended).toBeUndefined()
  asked.at(-1)?.answer('confirmed')
  await settled()
  expect(ended).toBe(true)
})

test('what came of an older wish says nothing of a newer one', async () => {
  const { switching, asked, settled } = plug()
  const first = switching.on(ON)
  const off = switching.off()
  asked[1]?.answer('confirmed')
  expect(await off).toBe(true)
  const second = switching.on(ON)
  // Only now the first one ends, cut short by the switching off: the second must not be taken for failed.
  asked[0]?.answer('failed', 'HW_COMMAND_SUPERSEDED')
  expect(await first).toBeUndefined()
  await settled()
  asked[2]?.answer('confirmed')
  expect(await second).toBe(true)
})

test('what still waits for a busy plug when everything is switched off never goes out: it would be on with nobody watching', async () => {
  const { switching, asked, clock, settled } = plug()
  const on = switching.on(ON)
  asked[0]?.answer('refused', 'HW_COMMAND_BUSY')
  await settled()
  const off = switching.off()
  asked[1]?.answer('confirmed')
  expect(await off).toBe(true)
  await clock.pass(1000)
  expect(await on).toBeUndefined()
  expect(asked.map(({ command }) => command)).toEqual(['switch-on', 'switch-off'])
})

test('nor does a current that waits to be set, whether the charger was switched off or its run is over', async () => {
  for (const end of ['off', 'giveUp'] as const) {
    const { switching, asked, clock, settled } = plug()
    switching.set('set-current', 22)
    asked[0]?.answer('refused', 'HW_COMMAND_BUSY')
    await settled()
    void switching[end]()
    await clock.pass(1000)
    expect(asked.filter(({ command }) => command === 'set-current')).toHaveLength(1)
  }
})

test('a charger is told again to stay on at the current that was set last, not at its full one', async () => {
  const { switching, asked, notSet, clock, settled } = plug()
  const on = switching.on(CHARGE)
  asked[0]?.answer('confirmed')
  await on
  switching.set('set-current', 12)
  asked[1]?.answer('confirmed')
  await settled()
  // Too soon after the last one: it is not in force, and whoever wanted it hears of it.
  switching.set('set-current', 22)
  asked[2]?.answer('refused', 'HW_COMMAND_TOO_SOON')
  await settled()
  expect(notSet).toEqual(['set-current'])
  await clock.pass(20_000)
  expect(asked.map(({ command, value }) => [command, value])).toEqual([
    ['switch-on', 32],
    ['set-current', 12],
    ['set-current', 22],
    ['switch-on', 12],
  ])
})

test('a telling again that waited while a current was set comes with that current', async () => {
  const { switching, asked, clock, settled } = plug()
  const on = switching.on(CHARGE)
  asked[0]?.answer('confirmed')
  await on
  await clock.pass(19_900)
  switching.set('set-current', 12)
  await clock.pass(100)
  asked[2]?.answer('refused', 'HW_COMMAND_BUSY')
  await settled()
  asked[1]?.answer('confirmed')
  await settled()
  await clock.pass(300)
  expect(asked.at(-1)).toMatchObject({ command: 'switch-on', value: 12 })
})

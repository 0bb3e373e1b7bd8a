import { describe, expect, test } from 'vitest'
import { createTestHall, type TestHallOptions } from './faults-fixture.ts'

/** One device with one rule. */
function hallWith(rule: object, quantities: Record<string, number>, options: TestHallOptions = {}) {
  return createTestHall([{ id: 'd', quantities, rules: [rule] }], options)
}

const HOT = 'host.hot temperature.cabinet'

describe('above and below', () => {
  const rule = { type: 'above', code: 'host.hot', quantity: 'temperature.cabinet', limit: 45, deadband: 3 }
  const hall = (more: object = {}) => hallWith({ ...rule, ...more }, { 'temperature.cabinet': 0 })

  test('the limit itself is not above it; it clears only beyond the deadband', () => {
    const h = hall()
    for (const value of [45, 45.1, 44, 42.1]) h.say('d', { 'temperature.cabinet': value })
    expect(h.told()).toEqual([`raised ${HOT}`])
    h.say('d', { 'temperature.cabinet': 42 })
    expect(h.told()).toEqual([`cleared ${HOT}`])
  })

  test('it must hold for the on-delay; a dip starts it anew', () => {
    const h = hall({ onDelayS: 30, deadband: 0 })
    h.say('d', { 'temperature.cabinet': 50 })
    h.pass(29)
    h.say('d', { 'temperature.cabinet': 40 })
    h.say('d', { 'temperature.cabinet': 50 })
    h.pass(29)
    expect(h.told()).toEqual([])
    h.pass(1)
    expect(h.told()).toEqual([`raised ${HOT}`])
  })

  test('the event bears the time at which it began at the device, not that of the end of the delay', () => {
    const h = hall({ onDelayS: 30 })
    const began = h.now()
    h.say('d', { 'temperature.cabinet': 50 })
    h.pass(30)
    expect(h.events()[0]?.at).toBe(began)
  })

  test('it must be gone for the off-delay', () => {
    const h = hall({ offDelayS: 20 })
    h.say('d', { 'temperature.cabinet': 50 })
    h.say('d', { 'temperature.cabinet': 20 })
    h.pass(19)
    expect(h.told()).toEqual([`raised ${HOT}`])
    h.pass(1)
    expect(h.told()).toEqual([`cleared ${HOT}`])
  })

  test('seen again after it could not be seen, it needs no second on-delay', () => {
    const h = hall({ onDelayS: 30 })
    h.say('d', { 'temperature.cabinet': 50 })
    h.pass(30)
    h.presence('d', 'unknown', 'link-down')
    h.presence('d', 'online')
    h.say('d', { 'temperature.cabinet': 50 })
    expect(h.told().filter((one) => one.includes('host'))).toEqual([`raised ${HOT}`, `unknown ${HOT}`, `raised ${HOT}`])
  })

  test('a step beyond the limit makes it more urgent, told once, and back', () => {
    const h = hallWith(
      {
        type: 'below',
        code: 'host.disk_full',
        quantity: 'diskFree',
        limit: 10,
        deadband: 1,
        steps: [{ limit: 3, priority: 'P2' }],
      },
      { diskFree: 0 },
    )
    for (const diskFree of [9, 8, 2.9, 3.5, 2, 5]) h.say('d', { diskFree })
    expect(h.events().map(({ type, priority }) => [type, priority])).toEqual([
      ['raised', undefined],
      ['raised', 'P2'],
      ['raised', undefined],
    ])
  })

  test('where the next rule begins, this one ends', () => {
    const h = hallWith(
      { type: 'below', code: 'prn.paper_low', quantity: 'paperRemaining.receipt', limit: 10, until: 0 },
      { 'paperRemaining.receipt': 0 },
    )
    for (const value of [5, 0]) h.say('d', { 'paperRemaining.receipt': value })
    expect(h.told().map((one) => one.split(' ')[0])).toEqual(['raised', 'cleared'])
  })

  test('an offset counts in both directions', () => {
    const h = hallWith(
      { type: 'above', code: 'clk.skew', quantity: 'clockOffset', limit: 2, absolute: true },
      { clockOffset: 0 },
    )
    for (const clockOffset of [-1, -3, 1]) h.say('d', { clockOffset })
    expect(h.told().map((one) => one.split(' ')[0])).toEqual(['raised', 'cleared'])
  })
})

describe('state and bit', () => {
  test('an enumerated state', () => {
    const h = hallWith(
      { type: 'state', code: 'ev.ground', quantity: 'evseState', values: ['E', 'F'] },
      { evseState: 0 },
    )
    for (const evseState of ['A', 'F', 'E', 'B']) h.say('d', { evseState })
    expect(h.told()).toEqual(['raised ev.ground evseState', 'cleared ev.ground evseState'])
  })

  test('one bit of a code, whatever the others say', () => {
    const h = hallWith({ type: 'bit', code: 'ev.hot', quantity: 'errorCode', bit: 4 }, { errorCode: 0 })
    for (const errorCode of [0b1111, 0b10001, 0b100000]) h.say('d', { errorCode })
    expect(h.told()).toEqual(['raised ev.hot errorCode', 'cleared ev.hot errorCode'])
  })

  test('a bit that must be set', () => {
    const h = hallWith({ type: 'bit', code: 'ev.hot', quantity: 'errorCode', bit: 0, set: false }, { errorCode: 0 })
    h.say('d', { errorCode: 2 })
    expect(h.told()).toEqual(['raised ev.hot errorCode'])
  })
})

describe('absence', () => {
  test('a device that misses three periods is lost; one that misses two is not', () => {
    const h = createTestHall([{ id: 'k', kind: 'kiosk', quantities: { app: 10_000 } }])
    h.pass(60, (second) => second % 10 === 0 && h.say('k', { app: 'ok' }))
    h.pass(29)
    expect(h.told()).toEqual([])
    h.pass(12)
    expect(h.told()).toEqual(['raised agent.lost'])
    h.say('k', { app: 'ok' })
    expect(h.told()).toEqual(['cleared agent.lost'])
  })

  test('a device that has shown to be unsteady is given more time', () => {
    const h = createTestHall([{ id: 'k', kind: 'kiosk', quantities: { app: 10_000 } }])
    let next = 5
    h.pass(600, (second) => {
      if (second < next) return
      h.say('k', { app: 'ok' })
      next = second + (next % 2 === 0 ? 5 : 28)
    })
    h.told()
    h.say('k', { app: 'ok' })
    h.pass(41)
    expect(h.told()).toEqual([])
  })

  test('a device that was never heard is lost after three periods too', () => {
    const h = createTestHall([{ id: 'k', kind: 'kiosk', quantities: { app: 10_000 } }])
    h.pass(39)
    expect(h.told()).toEqual([])
    h.pass(2)
    expect(h.told()).toEqual(['raised agent.lost'])
  })

  test('a program that restarts and is back within ten seconds was not lost', () => {
    const h = createTestHall([{ id: 'k', kind: 'kiosk', quantities: { app: 10_000 } }])
    h.say('k', { app: 'ok' })
    h.presence('k', 'offline')
    h.pass(8)
    h.presence('k', 'online')
    h.pass(5)
    expect(h.told()).toEqual([])
  })

  test.each([
    ['kiosk', 'agent.lost'],
    ['meter', 'mtr.no_read'],
    ['evaluator', 'eval.offline'],
    ['queue', 'q.service_down'],
    ['display', 'q.caller_lost'],
    ['plug', 'demo.offline'],
    ['ups', 'ups.comm_lost'],
    ['network', 'net.down'],
  ] as const)('a lost %s is called %s', (kind, code) => {
    const h = createTestHall([{ id: 'x', kind, quantities: { uptime: 0 } }])
    h.say('x', { uptime: 1 })
    h.presence('x', 'offline')
    h.pass(10)
    expect(h.told()).toEqual([`raised ${code}`])
  })

  test('one quantity that stops while its device goes on', () => {
    const rule = { type: 'absence', code: 'mtr.no_read', quantity: 'activeEnergyImport' }
    const h = hallWith(rule, { activeEnergyImport: 10_000, activePower: 10_000 })
    h.say('d', { activeEnergyImport: 5, activePower: 1 })
    h.pass(29, (second) => second % 10 === 0 && h.say('d', { activePower: 1 }))
    expect(h.told()).toEqual([])
    h.pass(2, () => h.say('d', { activePower: 1 }))
    expect(h.told()).toEqual(['raised mtr.no_read activeEnergyImport'])
    h.say('d', { activeEnergyImport: 5 })
    expect(h.told()).toEqual(['cleared mtr.no_read activeEnergyImport'])
  })
})

describe('change', () => {
  const starts = {
    type: 'change',
    code: 'app.crashloop',
    part: 'app',
    quantity: 'appStarts',
    windowS: 600,
    above: 2,
    counter: true,
  }

  test('three starts in ten minutes are a loop, three in an hour are not', () => {
    const h = hallWith(starts, { appStarts: 0 })
    for (const appStarts of [10, 11, 12, 13]) {
      h.say('d', { appStarts })
      h.pass(1200)
    }
    expect(h.told()).toEqual([])
    for (const appStarts of [14, 15, 16]) h.say('d', { appStarts })
    expect(h.told()).toEqual(['raised app.crashloop app'])
    h.pass(611)
    expect(h.told()).toEqual(['cleared app.crashloop app'])
  })

  test('a counter that begins again at 0 has not fallen', () => {
    const h = hallWith(starts, { appStarts: 0 })
    for (const appStarts of [500, 0, 1]) h.say('d', { appStarts })
    expect(h.told()).toEqual([])
  })

  test('an uptime that falls is a restart', () => {
    const h = hallWith(
      { type: 'change', code: 'host.reboot', quantity: 'uptime', windowS: 600, below: 0 },
      { uptime: 0 },
    )
    for (const uptime of [900, 905, 3]) h.say('d', { uptime })
    expect(h.told()).toEqual(['raised host.reboot uptime'])
  })
})

describe('flapping', () => {
  const rule = { type: 'flapping', code: 'net.degraded', quantity: 'network', changes: 6, windowS: 60 }

  test('too much to and fro is a fault of its own; it ends when it is calm again', () => {
    const h = hallWith(rule, { network: 0 })
    for (let i = 0; i < 7; i++) {
      h.say('d', { network: i % 2 === 0 ? 'ok' : 'down' })
      h.pass(2)
    }
    expect(h.told()).toContain('raised net.degraded network')
    h.pass(60)
    expect(h.told()).toEqual(['cleared net.degraded network'])
  })
})

describe('frozen', () => {
  const rule = {
    type: 'frozen',
    code: 'mtr.no_read',
    quantity: 'voltageL1',
    forS: 300,
    onlyWhen: { switchedOn: [true] },
  }
  const quantities = { voltageL1: 10_000, switchedOn: 0 }

  test('a value that should move and does not', () => {
    const h = hallWith(rule, quantities)
    h.say('d', { voltageL1: 230.1, switchedOn: true })
    h.pass(299, (second) => second % 10 === 0 && h.say('d', { voltageL1: 230.1 }))
    expect(h.told()).toEqual([])
    h.pass(2, () => h.say('d', { voltageL1: 230.1 }))
    expect(h.told()).toEqual(['raised mtr.no_read voltageL1'])
    h.say('d', { voltageL1: 230.2 })
    expect(h.told()).toEqual(['cleared mtr.no_read voltageL1'])
  })

  test('nothing is said while it need not move', () => {
    const h = hallWith(rule, quantities)
    h.say('d', { voltageL1: 0, switchedOn: false })
    h.pass(900, (second) => second % 10 === 0 && h.say('d', { voltageL1: 0 }))
    expect(h.told()).toEqual([])
  })
})

describe('stalled', () => {
  const rule = {
    type: 'stalled',
    code: 'prn.silent_fail',
    part: 'printProof.receipt',
    quantity: 'printed.receipt',
    while: 'transactions',
    grows: 10,
    onlyWhen: { 'paper.receipt': ['ok', 'low'] },
  }
  const quantities = { 'printed.receipt': 0, transactions: 0, 'paper.receipt': 0 }

  test('ten customers and not one slip', () => {
    const h = hallWith(rule, quantities)
    for (let i = 0; i <= 9; i++) h.say('d', { 'printed.receipt': 100, transactions: 500 + i, 'paper.receipt': 'ok' })
    expect(h.told()).toEqual([])
    h.say('d', { 'printed.receipt': 100, transactions: 510 })
    expect(h.told()).toEqual(['raised prn.silent_fail printProof.receipt'])
    h.say('d', { 'printed.receipt': 101, transactions: 511 })
    expect(h.told()).toEqual(['cleared prn.silent_fail printProof.receipt'])
  })

  test('without paper nobody expects a slip', () => {
    const h = hallWith(rule, quantities)
    for (let i = 0; i <= 30; i++) h.say('d', { 'printed.receipt': 100, transactions: 500 + i, 'paper.receipt': 'out' })
    expect(h.told()).toEqual(['raised prn.paper_out paper.receipt'])
  })

  test('an evaluator is silent when no score at all grows', () => {
    const h = createTestHall([
      { id: 'e', kind: 'evaluator', quantities: { 'ratings.score4': 0, 'ratings.score5': 0, customersServed: 0 } },
    ])
    for (let i = 0; i < 12; i++) h.say('e', { 'ratings.score4': 3, 'ratings.score5': 9 + (i % 2), customersServed: i })
    for (let i = 12; i < 24; i++) h.say('e', { 'ratings.score4': 3, 'ratings.score5': 10, customersServed: i })
    expect(h.told()).toEqual(['raised eval.silent evaluatorUse'])
  })
})

describe('drift', () => {
  const kiosk = (id: string) => ({ id, kind: 'kiosk' as const, quantities: { softwareVersion: 0 } })
  const say = (h: ReturnType<typeof createTestHall>, versions: readonly string[]) =>
    versions.forEach((softwareVersion, i) => {
      h.say(`k${i + 1}`, { softwareVersion })
    })

  test('the one that differs from the others, after ten minutes of rolling out', () => {
    const h = createTestHall([kiosk('k1'), kiosk('k2'), kiosk('k3')])
    say(h, ['5.4', '5.3', '5.4'])
    h.pass(599)
    expect(h.told()).toEqual([])
    h.pass(2)
    expect(h.events().map(({ type, fault }) => [type, fault.device, fault.code])).toEqual([
      ['raised', 'k2', 'sw.drift'],
    ])
    say(h, ['5.4', '5.4', '5.4'])
    expect(h.told()).toEqual(['cleared sw.drift softwareVersion'])
  })

  test('two that differ do not say which is right', () => {
    const h = createTestHall([kiosk('k1'), kiosk('k2')])
    say(h, ['5.4', '5.3'])
    h.pass(900)
    expect(h.told()).toEqual([])
  })

  test('a wanted version needs no others', () => {
    const h = hallWith(
      { type: 'drift', code: 'sw.drift', quantity: 'softwareVersion', expected: '5.4' },
      { softwareVersion: 0 },
    )
    h.say('d', { softwareVersion: '5.3' })
    expect(h.told()).toEqual(['raised sw.drift softwareVersion'])
  })
})

import { expect, test } from 'vitest'
import { parseHappening } from '../happening-command.ts'
import { switchAppliance } from '../physics/appliances.ts'
import { createExperience, isOnStand } from './experience.ts'

const START = Date.UTC(2026, 4, 12, 2)

/** A zone with these devices, a clock that is moved by hand, and the words of people. */
function zoneOf(...devices: string[]) {
  const experience = createExperience({ seed: 7, start: START, speed: 1, devices })
  const thing = (id: string) => experience.things.get(id)!
  return {
    turn: (id: string, on: boolean) => switchAppliance(thing(id).appliance!, on),
    watts: (id: string) => thing(id).appliance!.powerW,
    tells: (id: string) => thing(id).values(),
    events: (id: string) => thing(id).events!(),
    command: (id: string, name: string, value: number) => thing(id).command!(name, value),
    inputs: (id: string) => thing(id).inputs!,
    happen(line: string) {
      const found = parseHappening(line, experience.happenings)
      if (!found.ok) throw new Error(found.message)
      found.happening.do(found.n)
    },
    /** Runs until `end` says so, in steps of a quarter second. @returns seconds */
    run(end: () => boolean, mostS = 1000): number {
      const from = experience.now()
      while (!end() && experience.now() - from < mostS * 1000) experience.step(experience.now() + 250)
      return (experience.now() - from) / 1000
    },
    wait(seconds: number) {
      this.run(() => false, seconds)
    },
  }
}

const number = (value: unknown) => value as number

test('a litre of water takes 188 s on the induction hob and 223 s on the ceramic one, with 99 and 118 Wh', () => {
  const zone = zoneOf('pots-induction', 'pots-ceramic')
  const races = ['pots-induction', 'pots-ceramic'].map((hob) => {
    zone.turn(hob, true)
    const seconds = zone.run(() => number(zone.tells(hob)['temperature.water']) >= 95)
    zone.turn(hob, false)
    return [seconds, number(zone.tells(hob).activeEnergyImport) * 1000]
  })
  expect(races[0]?.[0]).toBeCloseTo(188, -0.5)
  expect(races[1]?.[0]).toBeCloseTo(223, -0.5)
  expect(races[0]?.[1]).toBeCloseTo(99.2, -0.2)
  expect(races[1]?.[1]).toBeCloseTo(117.7, -0.2)
})

test('a hob that is off stays below the ceiling of 97 °C though its plate is still hot', () => {
  const zone = zoneOf('pots-ceramic')
  zone.turn('pots-ceramic', true)
  zone.run(() => number(zone.tells('pots-ceramic')['temperature.water']) >= 95)
  zone.turn('pots-ceramic', false)
  zone.wait(20)
  expect(number(zone.tells('pots-ceramic')['temperature.water'])).toBeLessThan(97)
  zone.happen('fill on pots')
  expect(zone.tells('pots-ceramic')['temperature.water']).toBe(20)
})

test('forty pulses of the meter under test take 33.10 Wh, each told with the instant of its edge', () => {
  const zone = zoneOf('proof-load', 'proof-meter', 'proof-reference')
  zone.turn('proof-load', true)
  const edges: number[] = []
  zone.run(() => {
    edges.push(...zone.events('proof-meter').map(({ at }) => at))
    return edges.length >= 60
  })
  const [first = 0, last = 0] = [edges[10], edges[50]]
  expect(((last - first) / 3_600_000) * 2000).toBeCloseTo(33.1, 1)
  // 1.49 s apart at 2 kW, wherever the steps of the simulation fall.
  const gaps = edges.slice(11, 50).map((at, i) => at - (edges[i + 10] ?? 0))
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(10)
})

test('a count is told with its edge before it is repeated', () => {
  const zone = zoneOf('proof-load', 'proof-meter')
  zone.turn('proof-load', true)
  const before = zone.tells('proof-meter').pulseCount
  zone.wait(4)
  expect(zone.tells('proof-meter').pulseCount).toBe(before)
  expect(zone.events('proof-meter').length).toBeGreaterThan(1)
  expect(number(zone.tells('proof-meter').pulseCount)).toBeGreaterThan(number(before))
})

test('five sleeping things draw 29.0 W; each plug that is pulled takes its own share away', () => {
  const zone = zoneOf('hunt-master', 'hunt-strip')
  zone.turn('hunt-master', true)
  zone.wait(1)
  expect(zone.tells('hunt-strip').activePower).toBe(29)
  zone.happen('unplug 1 on hunt')
  zone.wait(1)
  expect(zone.tells('hunt-strip').activePower).toBe(18)
  zone.happen('plug in on hunt')
  zone.turn('hunt-master', false)
  zone.wait(1)
  expect(zone.tells('hunt-strip').activePower).toBe(0)
})

test('the capacitor takes the motor from 5.50 to 3.59 A', () => {
  const zone = zoneOf('motor-machine', 'motor-capacitor', 'motor-analyser')
  zone.turn('motor-machine', true)
  zone.wait(1)
  expect(zone.tells('motor-analyser').currentL1).toBeCloseTo(5.5, 1)
  expect(zone.tells('motor-analyser').powerFactor).toBeCloseTo(0.62, 2)
  zone.turn('motor-capacitor', true)
  zone.wait(1)
  expect(zone.tells('motor-analyser').currentL1).toBeCloseTo(3.59, 1)
  expect(zone.tells('motor-analyser').powerFactor).toBeCloseTo(0.95, 2)
})

test('settled, the heat pump lifts its water by 12 K for 690 W', () => {
  const zone = zoneOf('pump-heat-pump')
  zone.turn('pump-heat-pump', true)
  zone.wait(90)
  const { activePower, waterFlow, 'temperature.in': cold, 'temperature.out': warm } = zone.tells('pump-heat-pump')
  expect(number(warm) - number(cold)).toBeCloseTo(12, 1)
  expect([waterFlow, Math.round(number(activePower) / 10)]).toEqual([3, 69])
})

test('an instant heater draws nothing until the tap is open, and 6.28 kW then', () => {
  const zone = zoneOf('taps-instant')
  zone.turn('taps-instant', true)
  zone.wait(2)
  expect(zone.watts('taps-instant')).toBe(0)
  zone.happen('draw instant on taps')
  zone.wait(10)
  expect(zone.watts('taps-instant') / 1000).toBeCloseTo(6.28, 1)
  expect(zone.tells('taps-instant')['temperature.out']).toBeCloseTo(45, 0)
})

test('the car takes what it is offered, pauses below 6 A, and nothing without a plug', () => {
  const zone = zoneOf('manners-evse', 'manners-meter')
  zone.turn('manners-evse', true)
  zone.wait(1)
  expect(zone.tells('manners-evse')).toMatchObject({ evseState: 'C' })
  zone.command('manners-evse', 'set-current', 25)
  zone.wait(1)
  expect(number(zone.tells('manners-evse').activePower)).toBeCloseTo(5500, -2)
  expect(number(zone.tells('manners-meter').activePower)).toBeCloseTo(6100, -2)
  zone.command('manners-evse', 'set-current', 5)
  zone.wait(1)
  expect(zone.tells('manners-evse')).toMatchObject({ evseState: 'B', activePower: 0 })
  zone.happen('unplug car on manners')
  zone.wait(1)
  expect(zone.tells('manners-evse').evseState).toBe('A')
})

test('a third of the panel in the shade costs two thirds of its power', () => {
  const zone = zoneOf('roof-pv', 'roof-lamp')
  zone.turn('roof-lamp', true)
  zone.wait(10)
  const bright = number(zone.tells('roof-pv').generatedPower)
  zone.happen('shade on roof')
  zone.wait(1)
  expect(bright).toBeCloseTo(60, -0.5)
  expect(number(zone.tells('roof-pv').generatedPower) / bright).toBeCloseTo(0.35, 2)
})

test('the emergency stop and the contactor take the power from everything, whatever the relays say', () => {
  const zone = zoneOf('safety-panel', 'lamps-incandescent')
  zone.turn('lamps-incandescent', true)
  zone.wait(1)
  expect(zone.watts('lamps-incandescent')).toBeGreaterThan(50)
  zone.inputs('safety-panel').emergencyStopPressed = true
  zone.wait(1)
  expect(zone.watts('lamps-incandescent')).toBe(0)
  expect(zone.tells('safety-panel')).toMatchObject({ contactorClosed: false, emergencyStopPressed: true })
})

test('what nobody can do here is said, with what is possible', () => {
  const happenings = createExperience({ seed: 1, start: START, speed: 1, devices: ['pedal-generator'] }).happenings
  expect(parseHappening('ride 30 on pedal', happenings)).toMatchObject({ ok: true, n: 30 })
  expect(parseHappening('swim on pedal', happenings)).toEqual({
    ok: false,
    message: 'Nobody can do "swim on pedal" here. Possible: ride on pedal.',
  })
  expect(isOnStand('pedal-generator') && !isOnStand('meter-main') && !isOnStand('plug-kettle')).toBe(true)
})

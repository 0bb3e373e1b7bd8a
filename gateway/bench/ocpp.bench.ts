import { chargerRounds } from '../test/support/charger-rounds.ts'

const ROUNDS = 5
const CHARGERS = 200

/** `kill -9` of the gateway while chargers begin and end transactions. */
export async function run() {
  const open = await chargerRounds(CHARGERS, ROUNDS, Math.random)
  const locked = await chargerRounds(CHARGERS, ROUNDS, Math.random, true)
  const figures = (name: string, { begun, ended, lost, doubled, backMs, backAfterReadyMs }: typeof open) => ({
    [`${name}: transactions begun and answered`]: begun,
    [`${name}: ends answered`]: ended,
    [`${name}: of both lost (goal 0)`]: lost,
    [`${name}: transactions doubled (goal 0)`]: doubled,
    [`${name}: all chargers back after kill -9, median and worst ms (goal 10,000)`]: medianAndWorst(backMs),
    [`${name}: of that after the gateway runs, median and worst ms`]: medianAndWorst(backAfterReadyMs),
  })
  return {
    name: 'ocpp: 200 chargers after kill -9',
    method:
      `${CHARGERS} simulated charge points (own code on raw WebSockets) in one other process, whose cars come and go every 1 to 5 s; each tries to ` +
      `connect again after 0.5 to 1.5 s. The gateway is killed with SIGKILL at a random moment, ${ROUNDS} times, and started again. Back: the kill ` +
      'until the last charger has its BootNotification answered, the start of the process included. At the end every transaction number and every ' +
      'end a charger was told is looked up in the store. With passwords, drawn at random, every login is an scrypt hash of little cost, two at a time.',
    figures: { ...figures('security profile 0', open), ...figures('with passwords (profile 1)', locked) },
  }
}

function medianAndWorst(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  return `${sorted[Math.floor(sorted.length / 2)]}, ${sorted.at(-1)}`
}

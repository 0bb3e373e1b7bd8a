import type { ReadResult } from '../modbus/modbus.ts'

/** A meter of DL/T 645 that answered. */
export interface FoundAddress {
  /** Twelve digits. */
  readonly address: string
  readonly latencyMs: number
}

/**
 * @param address twelve digits, or AA for pairs from the left
 * @param listenOut takes its whole time: a slow meter may answer after a quick one, and two answers are `garbled`
 */
type Ask = (address: string, listenOut: boolean) => Promise<ReadResult>

const PAIRS = 6
/** A wildcard that one meter answers three times alike has one meter behind it: two would speak into one another, or one after the other. */
const ASKS_UNTIL_SURE = 3

/**
 * Looks for the meters of a line. Everybody is asked at once; when that is answered twice, or by bytes that make no sense, several answered, and
 * the last two digits are tried from 00 to 99, then the two before them where there are still several.
 * @param onMore how many questions the search may need beyond those announced before
 */
export async function searchMeters(
  ask: Ask,
  onFound: (meter: FoundAddress) => void,
  onMore: (questions: number) => void,
): Promise<void> {
  const found = new Set<string>()

  async function look(known: string): Promise<void> {
    const address = known.padStart(2 * PAIRS, 'A')
    let outcome = await ask(address, true)
    for (let again = 1; outcome.ok && again < ASKS_UNTIL_SURE; again++) {
      const next = await ask(address, false)
      outcome = next.ok && next.meter !== outcome.meter ? SEVERAL : next
    }
    // A refusal comes from one meter as well, but does not say from which.
    if (outcome.ok && outcome.meter !== undefined) {
      if (!found.has(outcome.meter)) onFound({ address: outcome.meter, latencyMs: outcome.elapsedMs })
      found.add(outcome.meter)
    } else if (!outcome.ok && outcome.failure !== 'timeout' && outcome.failure !== 'connection-lost') {
      if (known.length === 2 * PAIRS) return
      onMore(100)
      for (let pair = 0; pair < 100; pair++) await look(String(pair).padStart(2, '0') + known)
    }
  }
  await look('')
}

const SEVERAL = { ok: false, failure: 'garbled' } as const

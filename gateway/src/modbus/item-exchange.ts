import type { Clock } from '../ports/clock.ts'
import { identifierAt, itemWords } from '../profiles/item-words.ts'
import type { AskItem, ItemRequest } from './modbus.ts'
import type { RtuPort } from './rtu-port.ts'
import { CONNECTION_LOST, GARBLED, type Outcome, TIMEOUT } from './session.ts'

/** The meter has no such item, or wants a password for it: asking again changes nothing. Otherwise it is the moment. */
const FOR_GOOD = 0b110
const ILLEGAL_ADDRESS = 2
const BUSY = 6

/** Questions to DL/T 645 meters over a line on which Modbus units may be too. */
export class ItemExchange {
  readonly #port: RtuPort
  readonly #ask: AskItem
  readonly #clock: Clock
  /** Until when a late refusal of a meter may come, monotonic ms. */
  readonly #doubtful = new Map<string, number>()

  constructor(port: RtuPort, ask: AskItem, clock: Clock) {
    this.#port = port
    this.#ask = ask
    this.#clock = clock
  }

  /** @param signal aborted when the line is gone */
  async ask(request: ItemRequest, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
    const { meter, address, count, listenOut = false } = request
    const until = this.#doubtful.get(meter) ?? 0
    const answer = await this.#ask(
      { write: (bytes) => this.#port.write(Buffer.from(bytes)), listen: (listener) => this.#port.listen(listener) },
      { meter, identifier: identifierAt(address), trustRefusal: this.#clock.monotonicMs() >= until, listenOut },
      { clock: this.#clock, timeoutMs, signal },
    )
    if (signal.aborted) return CONNECTION_LOST
    this.#doubtful.delete(meter)
    if (answer.ok) return { ok: true, words: itemWords(answer.data, this.#clock.wallMs(), count), meter: answer.meter }
    if (answer.failure === 'refused') {
      const exceptionCode = (answer.errorWord & FOR_GOOD) !== 0 ? ILLEGAL_ADDRESS : BUSY
      return { ok: false, failure: 'exception', exceptionCode, errorWord: answer.errorWord }
    }
    this.#doubtful.set(meter, this.#clock.monotonicMs() + timeoutMs)
    return answer.failure === 'garbled' ? GARBLED : TIMEOUT
  }
}

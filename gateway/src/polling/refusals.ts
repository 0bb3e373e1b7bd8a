import type { CompiledRegister } from '../profiles/decode-registers.ts'
import type { Answer, Cycle } from './cycle.ts'
import type { DeviceKey, LearntLimits } from './learnt.ts'
import { needs } from './pass-values.ts'
import type { AddressRange, Span } from './read-plan.ts'
import { RefusedRetries } from './retry-refused.ts'

/** What one device refuses: what is learnt of it, asked again later, and told once. */
export class Refusals {
  /** Something was read since the device was last checked: what it refuses is then a matter of registers, not of the device. */
  heard = false
  readonly #learnt: LearntLimits
  readonly #tell: (change: 'rejected' | 'accepted', quantities: readonly string[]) => void
  readonly #retries: RefusedRetries
  /** Read at least once since the gateway started. */
  readonly #everRead = new Set<CompiledRegister>()
  /** Refused before anything was heard. */
  #unheard: Span[] = []
  #unheardRates = 0
  readonly #told = new Set<string>()
  /** A refused range answered since the last time this was told. */
  #mended = false

  constructor(
    learnt: LearntLimits,
    alignment: 'any' | 'even',
    tell: (change: 'rejected' | 'accepted', quantities: readonly string[]) => void,
  ) {
    this.#learnt = learnt
    this.#retries = new RefusedRetries(alignment)
    this.#tell = tell
  }

  /** Monotonic ms at which a refused range is asked again. */
  get dueMs(): number {
    return this.#retries.dueMs
  }

  get retry(): { readonly range: AddressRange; readonly cycle: Cycle } | undefined {
    return this.#retries.next
  }

  /** The device was checked, and is read from now on. */
  begin(heard: boolean): void {
    this.heard = heard
    this.#unheard = []
    this.#unheardRates = 0
  }

  /** It refused everything, and answers again. */
  forget(key: DeviceKey): void {
    this.#learnt.forgetDevice(key)
    this.#told.clear()
  }

  read(register: CompiledRegister): void {
    this.#everRead.add(register)
  }

  /**
   * What a pass shows of what is refused.
   * @param rates  rate classes in this pass, and of the device
   * @returns false when the device refuses all it was ever asked
   */
  learn({ profile, variant, device }: DeviceKey, cycle: Cycle, rates: { of: number; all: number }): boolean {
    if (cycle.answered > 0) this.heard = true
    this.#unheard.push(...cycle.refused)
    if (!this.heard) {
      // Until another rate class was asked too, it may be these registers and not the device.
      if (cycle.failure === 'exception') this.#unheardRates += rates.of
      return this.#unheardRates < rates.all
    }
    for (const span of this.#unheard) {
      const range = { table: span.table, from: span.address, to: span.end - 1 }
      const answered = [...this.#everRead].some((register) => needs(register, span))
      this.#learnt.add({ profile, variant, device, range, ...(answered ? { answeredBefore: true } : {}) })
    }
    this.#unheard = []
    for (const range of cycle.refusedHoles) this.#learnt.add({ profile, variant, range })
    return true
  }

  retried(key: DeviceKey, range: AddressRange, answer: Answer, nowMs: number): void {
    if (answer === 'answered') {
      this.#mended = true
      this.#retries.answered(range, nowMs)
      this.#learnt.forgetRange(key, range)
    } else if (answer === 'refused') this.#retries.refusedAgain(range, nowMs)
    else this.#retries.postponed(range, nowMs)
  }

  /** A plan was made that leaves these out. */
  planned(key: DeviceKey, rejected: readonly string[], nowMs: number): void {
    this.#retries.refused(this.#learnt.answeredBefore(key), nowMs)
    this.#tellAccepted(rejected, nowMs)
    const news = rejected.filter((quantity) => !this.#told.has(quantity))
    if (news.length === 0) return
    for (const quantity of news) this.#told.add(quantity)
    this.#tell('rejected', news)
  }

  /** Once everything refused together was asked again: one line for a trouble, one for its end. */
  #tellAccepted(rejected: readonly string[], nowMs: number): void {
    if (!this.#mended || this.#retries.dueMs <= nowMs) return
    this.#mended = false
    const accepted = [...this.#told].filter((quantity) => !rejected.includes(quantity))
    if (accepted.length === 0) return
    for (const quantity of accepted) this.#told.delete(quantity)
    this.#tell('accepted', accepted)
  }
}

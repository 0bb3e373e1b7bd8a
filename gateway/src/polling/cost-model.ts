import type { Link, SerialSettings } from '../config/hall-schema.ts'
import { ITEM_HEADER } from '../profiles/item-words.ts'
import type { PolledProfile } from '../profiles/polled.ts'
import type { PlanCost } from './read-plan.ts'

/** A device that was never measured: what meters usually take on a line, and a small server on a network. */
const SERIAL_TURNAROUND_MS = 20
const TCP_TURNAROUND_MS = 10
/** On a network only the server's own copying grows with the length. */
const TCP_REGISTER_MS = 0.02
/** Request of 8 bytes, answer without its registers 5, and twice 3.5 characters of silence. */
const FIXED_CHARACTERS = 8 + 5 + 7
/** Each measurement weighs a tenth of what all before it weigh together, once there are ten. */
const FORGETTING = 0.9

/** A meter of DL/T 645 may take 500 ms; those in halls take about this. */
const METER_TURNAROUND_MS = 60
/** Question of 16 bytes and answer of 16 without its data, each with four bytes that wake the line. */
const ITEM_CHARACTERS = 16 + 16 + 8

/** With the 20 bytes of a block of tariffs. */
const LONGEST_ITEM_CHARACTERS = ITEM_CHARACTERS + 20

/** A line with the settings one device wants of it. */
export const tuned = (link: Link, serial: SerialSettings | undefined): Link =>
  link.type === 'modbus-rtu' && serial ? { ...link, ...serial } : link

/** What one data item of a DL/T 645 meter costs; its words are its bytes and a header that is not on the line. */
export function itemCost(link: Link, gapMs: number): PlanCost {
  const characterMs = charactersMs(link, 1)
  return {
    perRequestMs: (ITEM_CHARACTERS - ITEM_HEADER) * characterMs + METER_TURNAROUND_MS + gapMs,
    perRegisterMs: characterMs,
  }
}

/** How long so many characters take on a line; on a network they take no time. */
export const charactersMs = (link: Link, characters: number): number =>
  link.type === 'modbus-tcp' ? 0 : (characters * bitsPerCharacter(link) * 1000) / link.baud

/** How long a device may take for an answer. A meter's own time does not hold what the bytes take on a slow line. */
export const timeoutOf = (profile: PolledProfile, link: Link): number =>
  link.timeoutMs ?? profile.timeoutMs + (profile.items ? Math.ceil(charactersMs(link, LONGEST_ITEM_CHARACTERS)) : 0)

/** What the line itself costs, before anything was measured. */
export function lineCost(link: Link, gapMs: number): PlanCost {
  if (link.type === 'modbus-tcp') return { perRequestMs: TCP_TURNAROUND_MS + gapMs, perRegisterMs: TCP_REGISTER_MS }
  const characterMs = charactersMs(link, 1)
  return {
    perRequestMs: FIXED_CHARACTERS * characterMs + SERIAL_TURNAROUND_MS + gapMs,
    perRegisterMs: 2 * characterMs,
  }
}

/** A character of 11 bits: what both standards ask for, and so what a serial server has that does not say (Modbus over serial line V1.02 §2.5.1). */
const STANDARD_BITS = 11

const bitsPerCharacter = (link: Exclude<Link, { type: 'modbus-tcp' }>) =>
  link.type === 'modbus-rtu' ? 1 + link.dataBits + (link.parity === 'none' ? 0 : 1) + link.stopBits : STANDARD_BITS

/**
 * Learns a device's cost from its answers: a straight line through (registers, elapsed), old answers weighing less and less.
 * A serial line behind a TCP server shows in the slope, a slow processor in the intercept.
 */
export class MeasuredCost {
  readonly #line: PlanCost
  readonly #gapMs: number
  #weight = 0
  #sumX = 0
  #sumY = 0
  #sumXX = 0
  #sumXY = 0

  constructor(line: PlanCost, gapMs: number) {
    this.#line = line
    this.#gapMs = gapMs
  }

  measured(registers: number, elapsedMs: number): void {
    this.#weight = this.#weight * FORGETTING + 1
    this.#sumX = this.#sumX * FORGETTING + registers
    this.#sumY = this.#sumY * FORGETTING + elapsedMs
    this.#sumXX = this.#sumXX * FORGETTING + registers * registers
    this.#sumXY = this.#sumXY * FORGETTING + registers * elapsedMs
  }

  /** Weighted mean time of an answer; undefined before the first. */
  get latencyMs(): number | undefined {
    return this.#weight === 0 ? undefined : this.#sumY / this.#weight
  }

  get cost(): PlanCost {
    if (this.#weight < 2) return this.#line
    const meanX = this.#sumX / this.#weight
    const meanY = this.#sumY / this.#weight
    const variance = this.#sumXX / this.#weight - meanX * meanX
    // Answers of one length say nothing about the slope: the line's own is taken.
    const slope = variance < 4 ? this.#line.perRegisterMs : (this.#sumXY / this.#weight - meanX * meanY) / variance
    const perRegisterMs = Math.max(this.#line.perRegisterMs, slope)
    return { perRequestMs: Math.max(0.5, meanY - perRegisterMs * meanX) + this.#gapMs, perRegisterMs }
  }
}

/** True when the plan made for `planned` may no longer be the cheapest: what a hole may cost has moved by half. */
export function costMoved(planned: PlanCost, now: PlanCost): boolean {
  const before = planned.perRequestMs / planned.perRegisterMs
  const after = now.perRequestMs / now.perRegisterMs
  return after > before * 1.5 || after < before / 1.5
}

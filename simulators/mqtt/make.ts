import type { SimulatedDevice } from '../device.ts'
import type { SimulatedHall } from '../hall.ts'

export interface Message {
  readonly topic: string
  /** Objects are sent as JSON. */
  readonly payload: string | Readonly<Record<string, unknown>>
  readonly qos: 0 | 1
  readonly retain?: boolean
}

/** What a make may use to tell about its device. */
export interface MakeContext {
  readonly hall: string
  readonly device: SimulatedDevice
  readonly physics: SimulatedHall
  /** Values for the names in its topics, from the hall file. */
  readonly topic: Readonly<Record<string, string>>
  /** The device's own clock, Unix ms: the wall clock, plus what a fault adds. */
  readonly clockMs: () => number
  /** What is broken at it right now, in Chinese: what a self-test would find. */
  readonly broken: () => readonly string[]
}

/** How one make speaks MQTT. */
export interface Make {
  readonly periodMs: number
  /** The broker keeps commands for it while it is away (clean session off). */
  readonly persistentSession?: boolean
  /** Left with the broker at connect, sent by it when the connection breaks. */
  readonly will?: Message
  /** Sent after each connect. */
  readonly hello: () => Message[]
  /** Sent once per period. */
  readonly report: () => Message[]
  /** Asked twice a second: what is told at once because it changed. */
  readonly changes?: () => Message[]
  readonly subscribes?: readonly string[]
  /** A command arrived; returns the answers. */
  readonly receive?: (topic: string, payload: string) => Message[]
}

export const round = (value: number, digits: number) => Number(value.toFixed(digits))

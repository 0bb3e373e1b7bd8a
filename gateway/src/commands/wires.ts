import type { Value } from '../domain/frame.ts'
import type { WriteResult } from '../modbus/modbus.ts'
import type { DeviceWrite } from '../polling/polling.ts'
import type { CommandStep } from '../profiles/command-writes.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { Answer } from './proof.ts'

/** The ways to devices and back, handed in. */
export interface Wires {
  /** Modbus, before all reads. Undefined: the link is closed, or too many writes wait. */
  write(device: string, request: DeviceWrite): Promise<WriteResult | undefined>
  /** Modbus: reads these now; what comes is told as readings. */
  readNow(device: string, quantities: readonly string[]): Promise<void>
  /** OCPP: asks the charge point for the command, or for what its rule asks afterwards. Undefined when it accepted; else why it was not done. */
  call(device: string, step: OcppStep, what: 'command' | 'asks'): Promise<string | undefined>
  /** MQTT, QoS 1. */
  publish(topic: string, payload: string): void
  state(device: string): DeviceState | undefined
  /** Called with every good value that is read of the device from now on; returns the way to stop it. */
  watch(device: string, onValue: (quantity: string, value: Value) => void): () => void
  /** Called with what the device itself answers to the command of this id; returns the way to stop it. */
  watchAnswer(device: string, id: string, onAnswer: (answer: Answer) => void): () => void
}

export type OcppStep = Extract<CommandStep, { via: 'ocpp' }>
